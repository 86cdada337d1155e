import assert from "node:assert/strict";
import { parse } from "yaml";
import type { CollectorConfig, ExporterModel, PipelineModel } from "../../../components/collector";
import { pipelineId, type Signal, workloadNames } from "../../../components/contract";
import type { PullRole, PullSelections, Rights } from "../../../components/inputs";
import type { CollectorPlan, PlannedPipeline } from "../../../components/plan";
import { agentPlans } from "../../../components/plan/agent-plan";
import type { GatewayModel } from "../../../components/plan/gateway-config";
import { parsePipelines, type PipelinesArgs, type TelemetrySettings } from "../../../components/settings";

/** A pipeline with nothing but an address. Each test changes the parts that it is about. */
export function pipeline(
  signal: Signal,
  name: string,
  change: Partial<Omit<PlannedPipeline, "exporter">> & { exporter?: Partial<ExporterModel> } = {},
): PlannedPipeline {
  const { exporter, ...rest } = change;
  return {
    id: pipelineId({ signal, name }),
    path: `${signal}[${name}]`,
    signal,
    name,
    otlp: { enabled: true, namespaces: {}, unknownNamespace: "accept" },
    pull: {},
    transform: [],
    filter: [],
    deltaTemporality: false,
    canary: false,
    ...rest,
    exporter: {
      protocol: "grpc",
      endpoint: { text: "https://backend.example.com:4317" },
      withPath: false,
      compression: "gzip",
      keepaliveSeconds: 30,
      retrySeconds: 300,
      tls: { insecure: false, insecureSkipVerify: false },
      ...exporter,
    },
  };
}

export function gateway(pipelines: readonly PipelineModel[], change: Partial<GatewayModel> = {}): GatewayModel {
  return { pipelines, enrichment: { podLabels: [], service: true }, logLevel: "info", queueBytes: 1024, ...change };
}

type Selection<Key extends keyof PullSelections> = NonNullable<PullSelections[Key]>;

const off = { enabled: false };

/** The settings of an input that a pipeline has turned on. Each test changes the settings that it is about. */
export const selections = {
  prometheus: (change: Partial<Selection<"prometheus">> = {}): Selection<"prometheus"> => ({
    enabled: true,
    namespaces: {},
    diagnosticMetrics: off,
    ...change,
  }),
  istio: (change: Partial<Selection<"istio">> = {}): Selection<"istio"> => ({
    enabled: true,
    namespaces: {},
    diagnosticMetrics: off,
    envoyMetrics: off,
    ...change,
  }),
  /** Exactly these metrics. */
  runtime: (metrics: readonly string[], change: Partial<Selection<"runtime">> = {}): Selection<"runtime"> => ({
    enabled: true,
    namespaces: {},
    resources: {
      pod: off,
      container: off,
      node: off,
      volume: off,
      daemonset: off,
      deployment: off,
      statefulset: off,
      job: off,
    },
    additionalMetrics: [...metrics],
    ...change,
  }),
  apiServer: { enabled: true },
};

/** The differences of a test's agent from the default. */
export interface AgentChange {
  readonly mesh?: boolean;
  /** The stack's configuration as users write it. */
  readonly written?: PipelinesArgs;
  readonly enrichment?: TelemetrySettings["enrichment"];
  /** Settings for the verification of targets, with texts that the parser would reject. */
  readonly tls?: TelemetrySettings["scraping"]["tls"];
}

/** Returns the plan of the collectors of a role. Returns nothing if these pipelines have no work for them. */
export function agentPlan(
  role: PullRole,
  pipelines: readonly PlannedPipeline[],
  { mesh = false, written, enrichment, tls }: AgentChange = {},
): CollectorPlan | undefined {
  const { settings } = parsePipelines(
    { allowNoPipelines: true, ...(written ?? { metric: { collectionInterval: "5s" } }) },
    { now: new Date() },
  );
  const plans = agentPlans(
    pipelines,
    {
      ...settings,
      ...(enrichment && { enrichment }),
      ...(tls && { scraping: { ...settings.scraping, tls } }),
    },
    { mesh, namespace: "telemetry" },
  );
  return plans.find(({ name }) => name === workloadNames.agents[role]);
}

/** The configuration of the collectors of a role, read back. */
export function agentConfig(
  role: PullRole,
  pipelines: readonly PlannedPipeline[],
  change: AgentChange = {},
): CollectorConfig {
  const { configuration } = agentPlan(role, pipelines, change) ?? assert.fail(`no pipeline has work for ${role}`);
  return parse(configuration) as CollectorConfig;
}

export function agentRights(role: PullRole, pull: PullSelections): Rights {
  const { rights } = agentPlan(role, [pipeline("metrics", "a", { pull })]) ?? assert.fail(`no input is for ${role}`);
  return rights;
}
