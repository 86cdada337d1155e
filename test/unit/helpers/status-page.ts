import { pipelineId } from "../../../components/contract";
import type { StatusPageData } from "../../../manager/status-page";
import {
  condition,
  type ExporterCounters,
  type FlowSample,
  type FlowTargets,
  type Judged,
  type PipelineStatus,
  type PipelineTarget,
} from "../../../components/verification";

const gateway = { kind: "gateway", workload: "DaemonSet", name: "telemetry-otlp-gateway" } as const;
const agent = { kind: "agent", workload: "DaemonSet", name: "telemetry-metric-agent" } as const;

function target(signal: PipelineTarget["signal"], name: string, collectors: readonly string[]): PipelineTarget {
  const exporter = `otlp_grpc/${signal}-${name}`;
  return { signal, name, path: name, exporter, backend: `${name}.example.com:4317`, canary: true, collectors };
}

export const targets: FlowTargets = {
  namespace: "telemetry",
  collectors: [gateway, agent],
  pipelines: [
    target("metrics", "shop", [gateway.name, agent.name]),
    target("metrics", "archive", [gateway.name]),
    target("traces", "shop", [gateway.name]),
    target("logs", "audit", [gateway.name]),
  ],
};

export const hostile = `<script>alert("1")</script><img src=x onerror='alert(2)'>&amp;`;

const since = "2026-11-25T18:20:11.000Z";
const flowHealthy = condition("TelemetryFlowHealthy", "FlowHealthy", "");

function status(pipeline: PipelineTarget, flow: Judged = flowHealthy): PipelineStatus {
  const conditions = [
    condition("ConfigurationGenerated", "GatewayConfigured", ""),
    condition("GatewayHealthy", "GatewayReady", ""),
    ...(pipeline.collectors.includes(agent.name) ? [condition("AgentHealthy", "AgentReady", "")] : []),
    flow,
  ].map((one) => ({ ...one, since }));
  return {
    pipeline: pipelineId(pipeline),
    healthy: conditions.every(({ status }) => status !== "False"),
    conditions,
  };
}

const looks = 14;

/** Counters that a pod of each collector on each node would have. */
function samples(nodes: readonly string[]): FlowSample[] {
  return nodes.flatMap((node, n) =>
    [gateway, agent].flatMap(({ name, kind }) =>
      Array.from({ length: looks }, (_, i): FlowSample => {
        const wave = 1 + Math.sin(i / 2 + n) / 4;
        const counters = (sent: number, queued: number, lost = 0): ExporterCounters => ({
          sent: Math.round(sent * wave),
          failed: lost > 0 && i % 5 === 4 ? { Unavailable: lost } : {},
          queueRefused: lost > 0 && i > 10 ? lost * 2 : 0,
          queued,
          capacity: 17_000_000,
        });
        const isGateway = kind === "gateway";
        return {
          pod: `${name}-${n}x7kp`,
          node,
          collector: name,
          kind,
          at: 1.5 * (i + 1),
          seconds: 1.5,
          exporters: {
            "otlp_grpc/metrics-shop": counters(isGateway ? 4100 : 1800, 220_000),
            ...(isGateway && {
              "otlp_grpc/metrics-archive": counters(
                0,
                Math.min(17_000_000, 2_000_000 + i * 1_400_000),
                n === 1 ? 350 : 0,
              ),
              "otlp_grpc/traces-shop": counters(2300, 90_000),
              "otlp_grpc/logs-audit": counters(160, 4_000),
            }),
          },
        };
      }),
    ),
  );
}

/** Four pipelines on three nodes, one of them in trouble; its message came from a hostile backend. */
export function pageData(change: Partial<StatusPageData> = {}): StatusPageData {
  const [shop, archive, traces, audit] = targets.pipelines as [
    PipelineTarget,
    PipelineTarget,
    PipelineTarget,
    PipelineTarget,
  ];
  return {
    stack: "prod",
    cluster: "eu-1",
    madeAt: "2026-11-25T18:31:40.000Z",
    targets,
    pipelines: [
      status(shop),
      status(
        archive,
        condition(
          "TelemetryFlowHealthy",
          "GatewaySomeTelemetryDataDropped",
          `The backend archive.example.com:4317 does not take all data from 3 pods: it answers ${hostile}; data is lost ` +
            "already. Check that the backend runs, or lower what is sent to it.",
        ),
      ),
      status(traces),
      status(audit, condition("TelemetryFlowHealthy", "NoEvidence", "Nothing was sent in the time of the check.")),
    ],
    samples: samples(["node-1", "node-2", "node-3"]),
    ...change,
  };
}
