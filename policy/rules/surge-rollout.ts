import { at, kubernetesRule, type KubernetesObject } from "./resource";

const gateway = "telemetry-otlp-gateway";

export const surgeRollout = kubernetesRule(
  {
    name: "surge-rollout",
    description: "The gateway's new pod is ready before its old one ends, so an update loses no telemetry.",
  },
  rolloutViolations,
);

export function rolloutViolations({ type, props }: KubernetesObject): string[] {
  if (type !== "apps/v1:DaemonSet" || at(props, "metadata.name") !== gateway) return [];
  const strategy = at(props, "spec.updateStrategy");
  const rolling = at(strategy, "rollingUpdate");
  return [
    ...(at(strategy, "type") === "RollingUpdate" ? [] : ["set spec.updateStrategy.type to RollingUpdate."]),
    ...(at(rolling, "maxUnavailable") === 0
      ? []
      : ["set spec.updateStrategy.rollingUpdate.maxUnavailable to 0: a node would be without gateway."]),
    ...(none(at(rolling, "maxSurge"))
      ? ["set spec.updateStrategy.rollingUpdate.maxSurge to 1: the new pod starts beside the old one."]
      : []),
  ];
}

function none(surge: unknown): boolean {
  return surge === undefined || surge === 0 || surge === "0%";
}
