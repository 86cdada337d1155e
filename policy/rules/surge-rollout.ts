import { at, type KubernetesObject } from "../facts";
import { objectRule } from "../rule";

const gateway = "telemetry-otlp-gateway";

export const surgeRollout = objectRule(
  {
    name: "surge-rollout",
    description: "The gateway's new pod is ready before its old one ends, so an update loses no telemetry.",
    severity: "high",
    applies: ({ type, props }) => type === "apps/v1:DaemonSet" && at(props, "metadata.name") === gateway,
  },
  rolloutViolations,
);

function rolloutViolations({ props }: KubernetesObject): string[] {
  const strategy = at(props, "spec.updateStrategy");
  const rolling = at(strategy, "rollingUpdate");
  return [
    ...(at(strategy, "type") === "RollingUpdate" ? [] : ["set spec.updateStrategy.type to RollingUpdate."]),
    ...(at(rolling, "maxUnavailable") === 0
      ? []
      : [
          "set spec.updateStrategy.rollingUpdate.maxUnavailable to 0. Otherwise a node has no gateway during an update.",
        ]),
    ...(none(at(rolling, "maxSurge"))
      ? ["set spec.updateStrategy.rollingUpdate.maxSurge to 1. The new pod then starts beside the old one."]
      : []),
  ];
}

function none(surge: unknown): boolean {
  return surge === undefined || surge === 0 || surge === "0%";
}
