import { at, kubernetesRule, type KubernetesObject } from "./resource";

/** Name of the Service that applications push to. */
const gatewayService = "telemetry-otlp";

export const nodeLocalGatewayService = kubernetesRule(
  {
    name: "node-local-gateway-service",
    description:
      "Applications reach the gateway of their own node only, so no telemetry crosses zones or loses its pod.",
  },
  serviceViolations,
);

export function serviceViolations({ type, props }: KubernetesObject): string[] {
  if (type !== "core/v1:Service" || at(props, "metadata.name") !== gatewayService) return [];
  return [
    ...(at(props, "spec.internalTrafficPolicy") === "Local"
      ? []
      : ["set spec.internalTrafficPolicy to Local: each node has a gateway of its own."]),
    ...(["NodePort", "LoadBalancer"].includes(String(at(props, "spec.type")))
      ? ["spec.type makes the gateway reachable from outside the cluster: leave it out, ClusterIP is the default."]
      : []),
  ];
}
