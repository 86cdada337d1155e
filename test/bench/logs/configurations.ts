import { batchesBehindQueue } from "../../../components/collector/batches";
import { parse, stringify } from "yaml";
import { hostPaths, workloadNames } from "../../../components/contract";
import { pipelineModels, planCollectors } from "../../../components/plan";
import { logFeatureGates, stateFolder } from "../../../components/plan/log-config";
import { parsePipelines } from "../../../components/settings";
import { bareExporter, bareService } from "../support/bare";
import type { Lines, Options } from "./options";

/** A configuration that is measured. */
export interface LocalConfiguration {
  readonly text: string;
  readonly featureGates: readonly string[];
  readonly memoryLimit: number;
}

interface Wanted {
  readonly backend: string;
  readonly compression: Options["compression"];
  readonly lines: Lines;
}

/** The log agent of a stack with one pipeline, with all metadata. */
export function ours({ backend, compression }: Omit<Wanted, "lines">): LocalConfiguration {
  const { pipelines, settings } = parsePipelines(
    {
      logPipelines: [
        {
          name: "backend",
          input: { otlp: { enabled: false }, runtime: { enabled: true } },
          output: { otlp: { protocol: "http", endpoint: { value: backend }, compression, tls: { insecure: true } } },
        },
      ],
      enrichments: { cluster: { name: "bench" }, extractPodLabels: [{ keyPrefix: "app.kubernetes.io/" }] },
    },
    { now: new Date() },
  );
  const plan = planCollectors(pipelineModels(pipelines), settings, { mesh: false, namespace: "telemetry" }).find(
    ({ name }) => name === workloadNames.logAgent,
  );
  if (plan === undefined) throw new Error("there is no log agent");
  return {
    text: plan.configuration.replaceAll("auth_type: serviceAccount", "auth_type: kubeConfig"),
    featureGates: logFeatureGates,
    memoryLimit: plan.resources.memoryLimit,
  };
}

/**
 * The least that reads the same files: a receiver with the parser of containers, and one for JSON where the lines are.
 * `isStored` keeps positions and queue on the disk as the log agent does, so that a kill loses no line.
 */
export function bare({ backend, compression, lines }: Wanted, isStored: boolean): LocalConfiguration {
  const storages = isStored ? ["file_storage"] : [];
  const storage = isStored ? { storage: storages[0] } : {};
  const json = { type: "json_parser", parse_to: "attributes" };
  const receiver = {
    include: [`${hostPaths.podLogs}/*/*/*.log`],
    include_file_path: true,
    start_at: "beginning",
    ...storage,
    operators: [{ type: "container" }, ...(lines.kind === "json" ? [json] : [])],
  };
  const bytes = 256 * 1024 * 1024;
  const queue = { sizer: "bytes", queue_size: bytes, block_on_overflow: true, batch: batchesBehindQueue(bytes) };
  const exporter = { ...bareExporter(backend, compression), sending_queue: { ...queue, ...storage } };
  const { extensions, service } = bareService({ logs: { receivers: ["filelog"], exporters: ["otlp_http"] } }) as {
    extensions: object;
    service: { extensions: string[] };
  };
  const configuration = {
    receivers: { filelog: receiver },
    exporters: { otlp_http: exporter },
    extensions: { ...extensions, ...(isStored && { file_storage: { directory: stateFolder } }) },
    service: { ...service, extensions: [...service.extensions, ...storages] },
  };
  return { text: stringify(configuration), featureGates: [], memoryLimit: ours({ backend, compression }).memoryLimit };
}

interface Changeable {
  readonly receivers: Record<string, { operators: { id: string; type: string }[] }>;
  readonly service: { readonly pipelines: Record<string, { processors: string[] }> };
}

const changed = (configuration: LocalConfiguration, change: (parsed: Changeable) => void): LocalConfiguration => {
  const parsed = parse(configuration.text) as Changeable;
  change(parsed);
  return { ...configuration, text: stringify(parsed) };
};

const withoutOperators =
  (...patterns: readonly RegExp[]) =>
  (parsed: Changeable): void => {
    for (const receiver of Object.values(parsed.receivers).filter(({ operators }) => operators)) {
      receiver.operators = receiver.operators.filter(({ id }) => !patterns.some((pattern) => pattern.test(id)));
    }
  };

const withoutProcessors =
  (pattern: RegExp) =>
  (parsed: Changeable): void => {
    for (const pipeline of Object.values(parsed.service.pipelines)) {
      pipeline.processors = pipeline.processors.filter((id) => !pattern.test(id));
    }
  };

/** The log agent's configuration without some parts, to see what each part costs. */
export const lessThanOurs = (configuration: LocalConfiguration): Readonly<Record<string, LocalConfiguration>> => ({
  "no look-up of pods": changed(configuration, withoutProcessors(/^k8s_attributes/)),
  "no processors": changed(configuration, withoutProcessors(/^(?!memory_limiter)/)),
  "no traces": changed(configuration, withoutOperators(/trace|span/)),
  "no severity": changed(configuration, withoutOperators(/level|severity/)),
  "no joining": changed(configuration, withoutOperators(/^join/)),
});
