import type { FlowTargets, PipelineTarget } from "../../../components/verification";
import type { Scene } from "./scenes";

export const gatewayName = "telemetry-otlp-gateway";

/** What there is to be proven in a scene, as the program tells it. */
export function targetsOf(scene: Scene): FlowTargets {
  return {
    namespace: "telemetry",
    collectors: [{ kind: "gateway", workload: "DaemonSet", name: gatewayName }],
    pipelines: pipelinesOf(scene),
  };
}

export function pipelinesOf({ pipelines }: Pick<Scene, "pipelines">): PipelineTarget[] {
  return (["metrics", "traces", "logs"] as const).flatMap((signal) =>
    Array.from({ length: pipelines }, (_, i) => ({
      signal,
      name: `backend-${i}`,
      path: `${signal.replace(/s$/, "")}Pipelines[${i}]`,
      exporter: `otlp_grpc/${signal}-backend-${i}`,
      backend: `backend-${i}.example.com:4317`,
      canary: true,
      collectors: [gatewayName],
    })),
  );
}
