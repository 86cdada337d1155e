import { createHash } from "node:crypto";
import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { operatorApi, type MonitorKind } from "../../components/contract";
import type { SecretName } from "../../components/credentials";
import { mayWantMonitor } from "../../components/monitors";
import { Informer, patience, within } from "./informer";
import { monitorKinds } from "../kinds";

interface Monitor extends KubernetesObject {
  readonly spec?: unknown;
}

/** Watches the monitors of the Prometheus Operator, but only while a pipeline wants them. */
export class MonitorWatch {
  private informers: readonly { readonly kind: MonitorKind; readonly informer: Informer<Monitor> }[] = [];
  private inputs: readonly object[] = [];

  constructor(
    private readonly config: KubeConfig,
    private readonly handlers: { readonly onChange: () => void; readonly onProblem: (problem: string) => void },
  ) {}

  /**
   * Watches the monitors that these inputs of pipelines want, as users wrote them; stops without any. Resolves when the
   * monitors are known, or when a cluster without these kinds had its time.
   */
  async follow(inputs: readonly object[]): Promise<void> {
    this.inputs = inputs;
    if (inputs.length === 0) this.stop();
    if (inputs.length === 0 || this.informers.length > 0) return;
    const { onChange, onProblem } = this.handlers;
    this.informers = monitorKinds.map(({ kind, plural }) => ({
      kind,
      informer: new Informer<Monitor>(
        this.config,
        { apiVersion: `${operatorApi.group}/${operatorApi.version}`, kind, plural },
        { onChange, onProblem: (problem) => onProblem(`${plural} cannot be watched: ${problem}`) },
      ),
    }));
    await within(patience, Promise.all(this.informers.map(({ informer }) => informer.start())));
  }

  /** Returns a text for each monitor that changes with the parts that decide what is scraped. */
  fingerprints(): string[] {
    return this.wanted().map(monitorHash).sort();
  }

  /** Returns the objects to which monitors of these namespaces refer, so that a changed object starts an update. */
  secrets(namespaces: readonly string[]): SecretName[] {
    return this.wanted().flatMap(({ metadata: { namespace = "" } = {}, spec }) =>
      namespaces.includes(namespace) ? referencesIn(spec).map((reference) => ({ ...reference, namespace })) : [],
    );
  }

  stop(): void {
    for (const { informer } of this.informers) informer.stop();
    this.informers = [];
  }

  private wanted(): Monitor[] {
    return this.informers.flatMap(({ kind, informer }) => wantedOf(kind, informer.objects(), this.inputs));
  }
}

/** Returns the monitors that any of these inputs may want. A change of another one starts no update. */
export function wantedOf<T extends KubernetesObject>(
  kind: MonitorKind,
  monitors: readonly T[],
  inputs: readonly object[],
): T[] {
  const checks = inputs.map(mayWantMonitor);
  return monitors.filter(({ metadata: { namespace = "", name = "", labels = {} } = {} }) =>
    checks.some((mayWant) => mayWant({ kind, namespace, name, labels, spec: undefined })),
  );
}

/** Hashes a monitor without its status, which the operator writes often. */
export function monitorHash({ kind, metadata: { namespace, name, labels } = {}, spec }: Monitor): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, namespace, name, labels, spec]))
    .digest("hex");
}

/** Fields of monitors that name a Secret or ConfigMap. */
const referenceFields: Readonly<Record<string, Pick<SecretName, "kind">>> = {
  secret: {},
  configMap: { kind: "ConfigMap" },
  keySecret: {},
  username: {},
  password: {},
  credentials: {},
  clientSecret: {},
  bearerTokenSecret: {},
};

/** Returns the Secrets and ConfigMaps to which a spec refers in any place, each once, sorted. */
export function referencesIn(spec: unknown): Omit<SecretName, "namespace">[] {
  const found = new Map<string, Omit<SecretName, "namespace">>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [field, child] of Object.entries(value)) {
      const { name } = (child ?? {}) as { readonly name?: unknown };
      const of = Object.hasOwn(referenceFields, field) ? referenceFields[field] : undefined;
      if (of !== undefined && typeof name === "string" && name !== "") found.set(`${name} ${of.kind}`, { ...of, name });
      else visit(child);
    }
  };
  visit(spec);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}
