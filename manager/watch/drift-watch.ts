import { createHash } from "node:crypto";
import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { isNameOutside } from "../../components/plan";
import { Informer, patience, within, type Selection } from "./informer";

/** The kinds of the program's objects that others may change or delete. */
const namespaced = [
  { apiVersion: "apps/v1", kind: "DaemonSet", plural: "daemonsets" },
  { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" },
  { apiVersion: "v1", kind: "Service", plural: "services" },
  { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" },
  { apiVersion: "v1", kind: "Secret", plural: "secrets" },
  { apiVersion: "v1", kind: "ServiceAccount", plural: "serviceaccounts" },
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", plural: "networkpolicies" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", plural: "roles" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", plural: "rolebindings" },
] as const;
const clusterWide = [
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", plural: "clusterroles" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", plural: "clusterrolebindings" },
] as const;

const ownLabels = "app.kubernetes.io/part-of=telemetry,app.kubernetes.io/managed-by=pulumi";

/** All watched kinds. */
export const watchedKinds = { namespaced, clusterWide };

/** Watches the objects of a stack for changes that no update made. */
export class DriftWatch {
  private readonly informers: readonly Informer[];
  /** The hash of each object after the last update, by the object's uid. */
  private baseline: ReadonlyMap<string, string> = new Map();
  private suspended = true;
  /** Returns whether an object belongs to this stack: other stacks of the cluster use the same labels. */
  private readonly isOwn: (object: KubernetesObject) => boolean;

  constructor(
    config: KubeConfig,
    /** The stack's namespace, and then all others in which it has objects. */
    readonly namespaces: readonly [string, ...string[]],
    handlers: { readonly onDrift: (object: string) => void; readonly onProblem: (problem: string) => void },
  ) {
    const selections: Selection[] = [
      ...namespaces.flatMap((namespace) =>
        namespaced.map((kind) => ({ ...kind, namespace, labelSelector: ownLabels })),
      ),
      ...clusterWide.map((kind) => ({ ...kind, labelSelector: ownLabels })),
    ];
    this.isOwn = ({ metadata }) =>
      metadata?.namespace !== undefined || isNameOutside(namespaces[0], metadata?.name ?? "");
    this.informers = selections.map(
      (selection) =>
        new Informer(config, selection, {
          onChange: (object) => {
            if (this.hasDrifted(object)) handlers.onDrift(`${selection.kind} ${object.metadata?.name}`);
          },
          onProblem: (problem) => handlers.onProblem(`${selection.plural} cannot be watched: ${problem}`),
        }),
    );
  }

  /** Resolves when all objects of the kinds that may be watched are known. */
  async start(): Promise<void> {
    await within(patience, Promise.all(this.informers.map((informer) => informer.start())));
  }

  /** Ignores changes from now on: an update begins. */
  suspend(): void {
    this.suspended = true;
  }

  /** Watches for drift again: an update has ended. If it changed objects, their current state is the baseline. */
  resume(changed: boolean): void {
    this.suspended = false;
    if (!changed && this.baseline.size > 0) return;
    const all = this.informers.flatMap((informer) => informer.objects()).filter(this.isOwn);
    this.baseline = new Map(all.map((object) => [object.metadata?.uid ?? "", objectHash(object)]));
  }

  stop(): void {
    for (const informer of this.informers) informer.stop();
  }

  private hasDrifted(object: KubernetesObject): boolean {
    if (this.suspended) return false;
    const before = this.baseline.get(object.metadata?.uid ?? "");
    // Objects that others made with the stack's labels do not belong to the stack.
    if (before === undefined) return false;
    const still = this.informers.some((informer) =>
      informer.objects().some(({ metadata }) => metadata?.uid === object.metadata?.uid),
    );
    return !still || before !== objectHash(object);
  }
}

/** Hashes an object without the parts that the cluster itself writes. */
export function objectHash(object: KubernetesObject): string {
  const { metadata, status, ...rest } = object as KubernetesObject & { status?: unknown };
  void status;
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(([key]) => !ofControllers.includes(key));
  const content = [rest, metadata?.name, metadata?.labels, Object.fromEntries(annotations)];
  return createHash("sha256").update(JSON.stringify(content, sorted)).digest("hex");
}

/** The annotations that Kubernetes' own controllers write. */
const ofControllers = ["deprecated.daemonset.template.generation", "deployment.kubernetes.io/revision"];

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
