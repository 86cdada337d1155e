import { at, type KubernetesObject } from "../facts";
import { objectRule } from "../rule";

/** Name of the Service that applications push to. */
const gatewayService = "telemetry-otlp";

export const nodeLocalGatewayService = objectRule(
  {
    name: "node-local-gateway-service",
    description:
      "Applications reach only the gateway of their own node, so telemetry crosses no zone and keeps its pod's metadata.",
    severity: "high",
    applies: ({ type, props }) => type === "core/v1:Service" && at(props, "metadata.name") === gatewayService,
  },
  serviceViolations,
);

function serviceViolations({ props }: KubernetesObject): string[] {
  return [
    ...(at(props, "spec.internalTrafficPolicy") === "Local"
      ? []
      : ["set spec.internalTrafficPolicy to Local. Each node has its own gateway."]),
    ...(["NodePort", "LoadBalancer"].includes(String(at(props, "spec.type")))
      ? ["spec.type opens the gateway to the outside of the cluster. Remove it: the default is ClusterIP."]
      : []),
  ];
}
