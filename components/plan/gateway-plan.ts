import { images, workloadNames } from "../contract";
import type { TelemetrySettings } from "../settings";
import { revision, type CollectorPlan } from "./collector-plan";
import { gatewayPipelines, renderGatewayConfig } from "./gateway-config";
import type { PlannedPipeline } from "./models";
import { enrichmentRights } from "./rights";
import { gatewayGcPercent, gatewayQueueBytes, gatewayResources, memoryForOwnQueues, queuesOf } from "../sizing";

/** Returns the gateway's plan; nothing when no pipeline takes pushed data. */
export function gatewayPlan(
  pipelines: readonly PlannedPipeline[],
  { gateway, enrichment, egress, proxy }: TelemetrySettings,
): CollectorPlan[] {
  const served = gatewayPipelines(pipelines);
  if (served.length === 0) return [];
  const queues = queuesOf(served);
  const resources = gatewayResources(queues, gateway.resources);
  const configuration = renderGatewayConfig({
    pipelines: served,
    enrichment,
    logLevel: gateway.logLevel,
    queueBytes: gatewayQueueBytes(resources, queues),
  });
  return [
    {
      kind: "gateway",
      name: workloadNames.gateway,
      suffix: "",
      workload: {
        kind: "DaemonSet",
        // A node's old pod goes only when its new pod is ready, so the node always has a gateway. A tenth of the nodes,
        // at least one, roll at a time. If the program does not follow the rollout itself, the provider gives up after 10
        // minutes, and a large cluster must be done by then.
        rollingUpdate: { maxSurge: "10%", maxUnavailable: 0 },
        // The pod leaves the Service at once, but nodes notice a moment later. Until then, it goes on accepting data.
        drainSeconds: 5,
      },
      configuration,
      resources,
      requiredMemory: memoryForOwnQueues("gateway", resources.memoryLimit, queues),
      gcPercent: gatewayGcPercent,
      image: gateway.image ?? images.collector,
      logLevel: gateway.logLevel,
      rights: { cluster: enrichmentRights, namespaces: [] },
      network: {
        takesPushed: true,
        targets: [],
        backendsOf: served.map(({ id }) => id),
        cidrs: egress,
        ...(proxy && { proxy }),
      },
      inMesh: false,
      priorityDescription: "Telemetry gateways start before ordinary workloads and are not evicted for them.",
      served,
      inputs: [],
      parts: {},
      intervals: {},
      notes: [],
      revision: revision(configuration, resources, gateway),
    },
  ];
}
