import type { FlowTargets, PipelineTarget } from "../../../components/verification";
import type { Scene } from "./scenes";

export const gatewayName = "telemetry-otlp-gateway";
export const agentName = "telemetry-metric-agent";

/** Returns the flow targets of a scene, as the program makes them. */
export function targetsOf(scene: Scene): FlowTargets {
  return {
    namespace: "telemetry",
    collectors: [
      { kind: "gateway", workload: "DaemonSet", name: gatewayName },
      ...(scene.annotated > 0
        ? [{ kind: "agent", workload: "DaemonSet", name: agentName, inputs: ["prometheus"] } as const]
        : []),
    ],
    pipelines: pipelinesOf(scene),
  };
}

export function pipelinesOf({ pipelines, annotated }: Pick<Scene, "pipelines" | "annotated">): PipelineTarget[] {
  return (["metrics", "traces", "logs"] as const).flatMap((signal) =>
    Array.from({ length: pipelines }, (_, i) => ({
      signal,
      name: `backend-${i}`,
      path: `${signal.replace(/s$/, "")}Pipelines[${i}]`,
      exporter: `otlp_grpc/${signal}-backend-${i}`,
      backend: `backend-${i}.example.com:4317`,
      canary: true,
      ...(signal === "metrics" && annotated > 0
        ? { inputs: { prometheus: {} }, collectors: [gatewayName, agentName] }
        : { collectors: [gatewayName] }),
    })),
  );
}
