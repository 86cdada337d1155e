import type { Watched } from "../../../components/monitoring/promql";

/** Collectors that alerts and the dashboard are about. */
export const gateway = { name: "telemetry-otlp-gateway", kind: "gateway", memoryLimit: 512 } as const;
export const agent = { name: "telemetry-metric-agent", kind: "agent", memoryLimit: 1024 } as const;
export const logAgent = {
  name: "telemetry-log-agent",
  kind: "log-agent",
  memoryLimit: 256,
  namespace: "telemetry-logs",
} as const;
export const both: Watched = { namespace: "telemetry", collectors: [agent, gateway] };
export const everyCollector: Watched = { namespace: "telemetry", collectors: [agent, gateway, logAgent] };
