import { setTimeout as sleep } from "node:timers/promises";
import { collectorImage } from "../../../components/collector-workload";
import { podVariables, ports } from "../../../components/collector/config";
import { memoryGoal } from "../../../components/sizing";
import type { Signal } from "../../e2e/support/backends";
import { apply, kubectl } from "../../e2e/support/kubectl";
import { makeNamespaces, probeImage, removeNamespaces } from "../../e2e/support/probe";
import type { Configured } from "./configurations";

const namespace = "bench-gateway";
const enrichmentRules = [
  { apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs: ["get", "list", "watch"] },
];

/** What the load says of one run. */
export interface Pushed {
  readonly items: number;
  readonly bytes: number;
  readonly failed: number;
  readonly lastError: string;
  readonly seconds: number;
}

/**
 * One node with a load, a sink and whatever collectors are measured. All of them are on the node of the load, because
 * that is where enrichment finds it.
 */
export class Scene {
  private constructor(
    private readonly node: string,
    private readonly load: string,
    private readonly sink: string,
  ) {}

  static async make(items: number): Promise<Scene> {
    await removeNamespaces(namespace);
    await makeNamespaces(namespace);
    await apply({ apiVersion: "v1", kind: "List", items: rights });
    const node = (await kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")).trim();
    const [load = "", sink = ""] = await startPods([
      probe("load", node, ["load", `--items=${items}`]),
      probe("sink", node, ["sink"]),
    ]);
    return new Scene(node, load, sink);
  }

  static async remove(): Promise<void> {
    await removeNamespaces(namespace);
    await kubectl("delete", "clusterrole,clusterrolebinding", namespace, "--ignore-not-found");
  }

  get sinkAddress(): string {
    return `http://${this.sink}:4317`;
  }

  /** An address where nobody listens. */
  get deadAddress(): string {
    return `http://${this.sink}:4319`;
  }

  async start(configured: Readonly<Record<string, Configured>>): Promise<Map<string, Collector>> {
    const entries = Object.entries(configured);
    await apply({
      apiVersion: "v1",
      kind: "List",
      items: entries.map(([name, { configuration }]) => configMap(name, configuration)),
    });
    const addresses = await startPods(
      entries.map(([name, { memoryLimit }]) => collectorPod(name, this.node, memoryLimit)),
    );
    return new Map(entries.map(([name], i) => [name, new Collector(addresses[i] ?? "")]));
  }

  async stop(names: readonly string[]): Promise<void> {
    await kubectl(
      "-n",
      namespace,
      "delete",
      "--force",
      "--grace-period=0",
      ...names.flatMap((name) => [`pod/${name}`, `configmap/${name}`]),
    );
  }

  /** Sends at a steady rate; throws when the collector refused something, because that is no measurement. */
  async push(collector: Collector, signal: Signal, requestsPerSecond: number, seconds: number): Promise<Pushed> {
    const parameters = new URLSearchParams({
      endpoint: `${collector.address}:${ports.otlpGrpc}`,
      signal,
      rate: String(requestsPerSecond),
      requests: String(Math.round(requestsPerSecond * seconds)),
    });
    const response = await fetch(`http://${this.load}:8080/run?${parameters.toString()}`, { method: "POST" });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Pushed;
  }
}

/** A running collector, and what it says of itself. */
export class Collector {
  constructor(readonly address: string) {}

  /** Seconds of CPU its process has used, by the kernel's account. */
  async cpuSeconds(): Promise<number> {
    return this.sum("otelcol_process_cpu_seconds");
  }

  /** Bytes of memory its process has. */
  async memory(): Promise<number> {
    return this.sum("otelcol_process_memory_rss");
  }

  /** Waits until what it took has left it as often as it should. */
  async drained(signal: Signal, items: number): Promise<void> {
    const end = Date.now() + 30_000;
    let sent = 0;
    while ((sent = await this.sum(`otelcol_exporter_sent_${itemNames[signal]}`)) < items) {
      if (Date.now() > end) {
        throw new Error(`only ${sent} of ${items} items were sent on: its queue was full for a while. Lower --rate.`);
      }
      await sleep(500);
    }
  }

  private async sum(metric: string): Promise<number> {
    const response = await fetch(`http://${this.address}:${ports.selfMetrics}/metrics`);
    return (await response.text())
      .split("\n")
      .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }
}

const itemNames = { metrics: "metric_points", traces: "spans", logs: "log_records" } as const;

async function startPods(pods: readonly { metadata: { name: string } }[]): Promise<string[]> {
  await apply({ apiVersion: "v1", kind: "List", items: pods });
  return Promise.all(
    pods.map(async ({ metadata: { name } }) => {
      await kubectl("-n", namespace, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s");
      return kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}");
    }),
  );
}

const rights = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: namespace, namespace } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: namespace },
    rules: enrichmentRules,
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: namespace },
    subjects: [{ kind: "ServiceAccount", name: namespace, namespace }],
  },
];

function probe(name: string, node: string, args: readonly string[]) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "bench" } },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name,
          image: probeImage,
          args,
          readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
        },
      ],
    },
  };
}

function configMap(name: string, configuration: string): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { "relay.yaml": configuration } };
}

function collectorPod(name: string, node: string, memoryLimit: number) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      nodeName: node,
      serviceAccountName: namespace,
      containers: [
        {
          name: "collector",
          image: collectorImage,
          args: ["--config=/conf/relay.yaml"],
          env: [
            { name: podVariables.ip, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
            { name: podVariables.node, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
            { name: "GOMEMLIMIT", value: `${Math.floor(memoryLimit * memoryGoal)}` },
          ],
          resources: { limits: { memory: `${memoryLimit}` }, requests: { memory: "0", cpu: "0" } },
          readinessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 1 },
          volumeMounts: [{ name: "config", mountPath: "/conf" }],
        },
      ],
      volumes: [{ name: "config", configMap: { name } }],
    },
  };
}
