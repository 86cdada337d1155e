import type {
  AgentModel,
  CollectionModel,
  ExporterModel,
  GatewayModel,
  PipelineModel,
} from "../../../components/collector/model";
import type { Signal } from "../../../components/contract";

/** A pipeline with nothing but an address; each test changes what it is about. */
export function pipeline(
  signal: Signal,
  name: string,
  change: Partial<Omit<PipelineModel, "exporter">> & { exporter?: Partial<ExporterModel> } = {},
): PipelineModel {
  const { exporter, ...rest } = change;
  return {
    signal,
    name,
    otlp: { enabled: true, namespaces: {} },
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
      tls: { insecure: false, insecureSkipVerify: false },
      ...exporter,
    },
  };
}

export function gateway(pipelines: readonly PipelineModel[], change: Partial<GatewayModel> = {}): GatewayModel {
  return { pipelines, enrichment: { podLabels: [], service: true }, logLevel: "info", queueBytes: 1024, ...change };
}

const everyFiveSeconds = { prometheus: 5, runtime: 5, istio: 5, apiServer: 5 };

/** How the inputs collect, as far as a test does not say otherwise. */
export function collection(change: Partial<CollectionModel> = {}): CollectionModel {
  return {
    intervals: everyFiveSeconds,
    targetTls: { insecureSkipVerify: false },
    kubelet: { insecureSkipVerify: false, ipFamily: "IPv4" },
    limits: { samples: 50_000, bodyBytes: 20_000_000 },
    mesh: false,
    leaseNamespace: "telemetry",
    ...change,
  };
}

export function agent(pipelines: readonly PipelineModel[], change: Partial<CollectionModel> = {}): AgentModel {
  return {
    pipelines,
    enrichment: { podLabels: [], service: true },
    logLevel: "info",
    queueBytes: 1024,
    collection: collection(change),
  };
}
