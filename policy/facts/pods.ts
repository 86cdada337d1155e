import { at, list, type KubernetesObject } from "./objects";

/** Path of the pod's specification for each kind. */
const podSpecs: Readonly<Record<string, string>> = {
  "core/v1:Pod": "spec",
  "apps/v1:DaemonSet": "spec.template.spec",
  "apps/v1:Deployment": "spec.template.spec",
  "apps/v1:StatefulSet": "spec.template.spec",
  "apps/v1:ReplicaSet": "spec.template.spec",
  "batch/v1:Job": "spec.template.spec",
  "batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
};

export const podKinds = Object.keys(podSpecs);

/** Returns the path of the pod's specification in an object, undefined if the object makes no pods. */
export function podPath({ type }: KubernetesObject): string | undefined {
  return podSpecs[type];
}

/** Lists init containers and containers. */
export function containersOf(object: KubernetesObject): readonly unknown[] {
  const path = podPath(object);
  if (path === undefined) return [];
  return ["initContainers", "containers"].flatMap((kind) => list(at(object.props, `${path}.${kind}`)));
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Converts a Kubernetes quantity of memory to bytes. Returns undefined for any other text. */
export function memoryBytes(quantity: unknown): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([kMGT]i?|Ki)?$/.exec(String(quantity)) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}
