import { parse } from "yaml";
import { get, kubectl, type KubernetesObject } from "../../e2e/support/kubectl";
import type { PlacedPipeline, Scene } from "./scene";

/** The required configuration of a collector for each of its pipelines. */
export interface Expected {
  readonly workload: "gateway" | "agent" | "agent-cluster" | "agent-apiserver";
  readonly pipelines: Readonly<Record<string, ExpectedPipeline>>;
}

interface ExpectedPipeline {
  /** Missing if it is in a Secret. */
  readonly endpoint?: string;
  readonly compression: string;
  /** Statements and conditions. */
  readonly ottl: readonly string[];
}

interface Collector {
  readonly exporters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly processors: Readonly<Record<string, unknown>>;
  readonly service: {
    readonly pipelines: Readonly<Record<string, { readonly exporters: string[]; readonly processors?: string[] }>>;
  };
}

interface Written {
  readonly input?: Readonly<Record<string, { readonly enabled?: boolean } | undefined>>;
  readonly transform?: readonly { readonly conditions?: string[]; readonly statements?: string[] }[];
  readonly filter?: readonly { readonly conditions: string[] }[];
  readonly output: { readonly otlp: { readonly endpoint: { readonly value?: string }; readonly compression?: string } };
}

/** Returns the collectors and pipelines that must run, from the written settings alone. */
export function expectedOf(pipelines: readonly PlacedPipeline[]): Expected[] {
  const isOn = ({ pipeline }: PlacedPipeline, ...inputs: string[]): boolean =>
    inputs.some((input) => (pipeline as unknown as Written).input?.[input]?.enabled ?? input === "otlp");
  const of = (workload: Expected["workload"], served: readonly PlacedPipeline[]): Expected[] =>
    served.length === 0 ? [] : [{ workload, pipelines: Object.fromEntries(served.map(expectedPipeline)) }];
  const metrics = pipelines.filter(({ signal }) => signal === "metric");
  return [
    ...of(
      "gateway",
      pipelines.filter((placed) => isOn(placed, "otlp")),
    ),
    ...of(
      "agent",
      metrics.filter((placed) => isOn(placed, "prometheus", "runtime")),
    ),
    ...of(
      "agent-cluster",
      metrics.filter((placed) => isOn(placed, "runtime")),
    ),
    ...of(
      "agent-apiserver",
      metrics.filter((placed) => isOn(placed, "apiServer")),
    ),
  ];
}

/** Returns whether an address of the edits is a Service: it has one label, or `svc` as the third one. */
function defaultCompression(address: string | undefined): string {
  const host = (address ?? "").replace(/^https?:[/][/]/, "");
  return /^[^.:/[]+(\.[^.:/]+\.svc\.cluster\.local)?([:/]|$)/.test(host) ? "none" : "gzip";
}

function expectedPipeline({ signal, pipeline }: PlacedPipeline): [string, ExpectedPipeline] {
  const { transform = [], filter = [], output } = pipeline as unknown as Written;
  const { endpoint, compression = defaultCompression(endpoint.value) } = output.otlp;
  const ottl = [...transform, ...filter].flatMap((entry) => [
    ...(entry.conditions ?? []),
    ...("statements" in entry ? (entry.statements ?? []) : []),
  ]);
  return [
    `${signal}s/pipeline-${pipeline.name}`,
    { ...(endpoint.value !== undefined && { endpoint: endpoint.value }), compression, ottl },
  ];
}

/** Writes a text so that the collector does not read it as a reference. */
const escaped = (text: string): string => text.replaceAll("$", "$$$$");

/** Returns the differences between a collector's configuration and the written settings. */
export function differences({ workload, pipelines }: Expected, configuration: string): string[] {
  const { exporters, processors, service } = parse(configuration) as Collector;
  const there = Object.keys(service.pipelines).filter((id) => /^(metrics|traces|logs)\/pipeline-/.test(id));
  const wanted = Object.keys(pipelines);
  return [
    ...wanted.filter((id) => !there.includes(id)).map((id) => `${workload} lacks ${id}`),
    ...there.filter((id) => !wanted.includes(id)).map((id) => `${workload} still has ${id}`),
    ...Object.entries(pipelines).flatMap(([id, { endpoint, compression, ottl }]) => {
      const pipeline = service.pipelines[id];
      const exporter = exporters[pipeline?.exporters[0] ?? ""] ?? {};
      const address = Object.entries(exporter).find(([key]) => key.endsWith("endpoint"))?.[1];
      const texts = JSON.stringify((pipeline?.processors ?? []).map((processor) => processors[processor]));
      return [
        ...(endpoint !== undefined && address !== escaped(endpoint) ? [`${id} sends to another backend`] : []),
        ...(exporter.compression !== compression ? [`${id} compresses by ${String(exporter.compression)}`] : []),
        ...ottl
          .filter((text) => !texts.includes(JSON.stringify(escaped(text)).slice(1, -1)))
          .map((text) => `${id} does not have ${text}`),
      ];
    }),
  ];
}

interface Workload extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly generation: number };
  readonly spec: { readonly template: { readonly spec: PodSpec }; readonly replicas?: number };
  readonly status: Readonly<Record<string, number | undefined>>;
}
interface PodSpec {
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}
interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly deletionTimestamp?: string };
  readonly spec: PodSpec & Readonly<Record<string, unknown>>;
}
interface ConfigMap extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

const names = {
  gateway: "telemetry-otlp-gateway",
  agent: "telemetry-metric-agent",
  "agent-cluster": "telemetry-metric-agent-cluster",
  "agent-apiserver": "telemetry-metric-agent-apiserver",
} as const;

const configOf = ({ volumes }: PodSpec): string =>
  volumes.find(({ name }) => name === "config")?.configMap?.name ?? "nothing";

/** Returns the faults of the workloads: incomplete ones, superfluous ones, and ones with other settings than the written ones. */
export async function faultsOfWorkloads(scene: Scene, pipelines: readonly PlacedPipeline[]): Promise<string[]> {
  const { namespace = "telemetry" } = scene.configuration as { namespace?: string };
  const nodes = (await get("nodes")).length;
  const all = await get<Workload & Pod & ConfigMap>("daemonsets,deployments,configmaps,pods", "-n", namespace);
  const ofKind = (...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind));
  const workloads = ofKind("DaemonSet", "Deployment");
  const expected = expectedOf(pipelines);
  const surplus = workloads.filter(
    ({ metadata }) => !expected.some(({ workload }) => names[workload] === metadata.name),
  );
  return [
    ...surplus.map(({ metadata }) => `${metadata.name} is still there`),
    ...expected.flatMap((one) => {
      const name = names[one.workload];
      const workload = workloads.find(({ metadata }) => metadata.name === name);
      if (workload === undefined) return [`${name} is not there`];
      const config = configOf(workload.spec.template.spec);
      const text = ofKind("ConfigMap").find(({ metadata }) => metadata.name === config)?.data["relay.yaml"];
      const others = ofKind("Pod").filter(
        ({ metadata, spec }) =>
          metadata.deletionTimestamp === undefined &&
          new RegExp(`^${name}-(?:[0-9a-f]+-)?[a-z0-9]{5}$`).test(metadata.name) &&
          configOf(spec) !== config,
      );
      return [
        ...incomplete(workload, nodes),
        ...others.map(({ metadata }) => `${metadata.name} runs another configuration`),
        ...(text === undefined ? [`${config} is not there`] : differences(one, text)),
      ];
    }),
  ];
}

function incomplete({ kind, metadata, spec, status }: Workload, nodes: number): string[] {
  const wanted = kind === "DaemonSet" ? nodes : (spec.replicas ?? 1);
  const [ready, updated] =
    kind === "DaemonSet"
      ? [status.numberReady, status.updatedNumberScheduled]
      : [status.readyReplicas, status.updatedReplicas];
  return status.observedGeneration === metadata.generation && ready === wanted && updated === wanted
    ? []
    : [`${metadata.name} has ${ready} ready and ${updated} new of ${wanted} pods`];
}

/** Kinds of which the program makes objects; a test compares them with the stack's state. */
const kinds = [
  "namespaces",
  "secrets",
  "configmaps",
  "serviceaccounts",
  "services",
  "daemonsets",
  "deployments",
  "pods",
  "leases",
  "networkpolicies",
  "roles",
  "rolebindings",
  "clusterroles",
  "clusterrolebindings",
  "priorityclasses",
];

/**
 * Returns all objects of these kinds by name, with the parts that must not change unless an edit was accepted. Objects that
 * are being deleted do not count, such as the pods of an accepted edit that still drain.
 */
export async function everything(): Promise<Readonly<Record<string, string>>> {
  const { items } = JSON.parse(await kubectl("get", kinds.join(","), "-A", "-o", "json")) as { items: Whole[] };
  return Object.fromEntries(
    items
      .filter(({ metadata }) => !/^(kube-|default$)/.test(metadata.namespace ?? ""))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ kind, metadata, ...rest }) => {
        const { name, namespace, uid, labels, annotations } = metadata;
        const { status, ...content } = rest as Readonly<Record<string, unknown>>;
        void status;
        // The holder of a lease renews it, and a pod is identified by its id.
        const kept = kind === "Lease" || kind === "Pod" ? {} : content;
        return [`${kind} ${namespace ?? ""}/${name}`, JSON.stringify({ uid, labels, annotations, kept })];
      }),
  );
}
interface Whole {
  readonly kind: string;
  readonly metadata: Readonly<
    Record<"name" | "namespace" | "uid" | "labels" | "annotations" | "deletionTimestamp", string>
  >;
}

/** Returns the changes between two states. */
export function changesBetween(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => {
    if (before[key] === after[key]) return [];
    return [
      before[key] === undefined ? `${key} is new` : after[key] === undefined ? `${key} is gone` : `${key} changed`,
    ];
  });
}
