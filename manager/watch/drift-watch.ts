import { createHash } from "node:crypto";
import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { isNameOutside } from "../../components/plan";
import { Follower, patience, within, type Selection } from "./informer";

/** Kinds of objects that the program makes and others may change. Secrets and ConfigMaps are immutable. */
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

const ours = "app.kubernetes.io/part-of=telemetry,app.kubernetes.io/managed-by=pulumi";

/** All kinds whose objects are followed. */
export const followedKinds = { namespaced, clusterWide };

/** Follows the objects of a stack, to learn of changes that no update has made. */
export class DriftWatch {
  private readonly followers: readonly Follower[];
  /** By the object's id, what it is when nobody has touched it. */
  private baseline: ReadonlyMap<string, string> = new Map();
  private suspended = true;
  /** Other stacks of the cluster have objects with these labels, too. */
  private readonly isOurs: (object: KubernetesObject) => boolean;

  constructor(
    config: KubeConfig,
    namespace: string,
    tell: { readonly drift: (object: string) => void; readonly trouble: (problem: string) => void },
  ) {
    const selections: Selection[] = [
      ...namespaced.map((kind) => ({ ...kind, namespace, labelSelector: ours })),
      ...clusterWide.map((kind) => ({ ...kind, labelSelector: ours })),
    ];
    this.isOurs = ({ metadata }) => metadata?.namespace !== undefined || isNameOutside(namespace, metadata?.name ?? "");
    this.followers = selections.map(
      (selection) =>
        new Follower(config, selection, {
          change: (object) => {
            if (this.hasDrifted(object)) tell.drift(`${selection.kind} ${object.metadata?.name}`);
          },
          trouble: (problem) => tell.trouble(`${selection.plural} cannot be watched: ${problem}`),
        }),
    );
  }

  /** Comes back when all objects are known, as far as they may be watched. */
  async start(): Promise<void> {
    await within(patience, Promise.all(this.followers.map((follower) => follower.start())));
  }

  /** An update begins: what changes now is its doing. */
  suspend(): void {
    this.suspended = true;
  }

  /** An update has ended. If it changed anything, objects are right as they are now. */
  resume(changed: boolean): void {
    this.suspended = false;
    if (!changed && this.baseline.size > 0) return;
    const all = this.followers.flatMap((follower) => follower.objects()).filter(this.isOurs);
    this.baseline = new Map(all.map((object) => [object.metadata?.uid ?? "", essence(object)]));
  }

  stop(): void {
    for (const follower of this.followers) follower.stop();
  }

  private hasDrifted(object: KubernetesObject): boolean {
    if (this.suspended) return false;
    const before = this.baseline.get(object.metadata?.uid ?? "");
    // Objects that others make under our labels are none of ours.
    if (before === undefined) return false;
    const still = this.followers.some((follower) =>
      follower.objects().some(({ metadata }) => metadata?.uid === object.metadata?.uid),
    );
    return !still || before !== essence(object);
  }
}

/** What an object is, without what the cluster writes to it all the time. */
export function essence(object: KubernetesObject): string {
  const { metadata, status, ...rest } = object as KubernetesObject & { status?: unknown };
  void status;
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(([key]) => !kept.includes(key));
  const essential = [rest, metadata?.name, metadata?.labels, Object.fromEntries(annotations)];
  return createHash("sha256").update(JSON.stringify(essential, sorted)).digest("hex");
}

/** Written by Kubernetes' own controllers. */
const kept = ["deprecated.daemonset.template.generation", "deployment.kubernetes.io/revision"];

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
