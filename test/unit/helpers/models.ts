import type { ExporterModel, GatewayModel, PipelineModel, PipelineSignal } from "../../../components/collector/model";

/** A pipeline with nothing but an address; each test changes what it is about. */
export function pipeline(
  signal: PipelineSignal,
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
