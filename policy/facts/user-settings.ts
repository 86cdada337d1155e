/** Keys of the pipelines in the stack's configuration, by the signal in a component's id and by the start of a Secret's key. */
const pipelines: Readonly<Record<string, string>> = {
  metrics: "metricPipelines",
  traces: "tracePipelines",
  logs: "logPipelines",
  metric: "metricPipelines",
  trace: "tracePipelines",
  log: "logPipelines",
};

/** Field of a pipeline that a component is made of, by the role in the component's id. */
const fields: Readonly<Record<string, string>> = { transform: "transform", filter: "filter" };

const outputField = "output.otlp";

/** Returns the user's setting behind an exporter's id: `metricPipelines[shop].output.otlp` for `otlp_grpc/metrics-shop`. */
export function outputOf(exporter: string): string {
  const [, signal = "", name = ""] = /^\w+\/(metrics|traces|logs)-(.+)$/.exec(exporter) ?? [];
  return settingIn(signal, name, outputField);
}

/** Returns the user's setting behind a key of the merged Secret: `tracePipelines[shop].output.otlp` for `trace_shop_endpoint`. */
export function outputOfKey(key: string): string {
  const [, signal = "", name = ""] = /^(metric|trace|log)_(.+)_[^_]+$/.exec(key) ?? [];
  return settingIn(signal, name, outputField);
}

/** Kind, id and field of a component. Names of pipelines have dots, so the field ends the id. */
const componentPlace =
  /^(\w+)\.(\w+\/.+?)\.(\w*endpoint|headers|tls|auth|\w+_statements|\w+_conditions|metrics|traces|logs)(?:\.|$)/;

/** Returns the user's setting behind a place in a collector's configuration, if the user wrote the text there. */
export function settingAt(place: string): string | undefined {
  const [, kind = "", id = "", rest = ""] = componentPlace.exec(place) ?? [];
  if (kind === "exporters" && /^\w+\/(?:metrics|traces|logs)-/.test(id)) return outputOf(id);
  const [, type = "", signal = "", name = ""] = /^(\w+)\/user-(metrics|traces|logs)-(.+)$/.exec(id) ?? [];
  const field = fields[type];
  return kind === "processors" && field !== undefined && rest !== "" ? settingIn(signal, name, field) : undefined;
}

function settingIn(signal: string, name: string, field: string): string {
  const key = pipelines[signal];
  return key === undefined ? field : `${key}[${name}].${field}`;
}
