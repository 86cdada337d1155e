import { at, type KubernetesObject } from "../facts/objects";
import { objectRule } from "../rule";

/** Name of the Service that applications push to. */
const gatewayService = "telemetry-otlp";

export const nodeLocalGatewayService = objectRule(
  {
    name: "node-local-gateway-service",
    description:
      "Applications reach the gateway of their own node only, so no telemetry crosses zones or loses its pod.",
    severity: "high",
    applies: ({ type, props }) => type === "core/v1:Service" && at(props, "metadata.name") === gatewayService,
  },
  serviceViolations,
);

export function serviceViolations({ props }: KubernetesObject): string[] {
  return [
    ...(at(props, "spec.internalTrafficPolicy") === "Local"
      ? []
      : ["set spec.internalTrafficPolicy to Local: each node has a gateway of its own."]),
    ...(["NodePort", "LoadBalancer"].includes(String(at(props, "spec.type")))
      ? ["spec.type makes the gateway reachable from outside the cluster: leave it out, ClusterIP is the default."]
      : []),
  ];
}
