import { planMonitors, type Monitors, type RefusedJobs } from "../../../components/monitors";
import type { MonitorKind } from "../../../components/contract";
import type { MonitorObject } from "../../../components/monitors/monitor-object";
import { translateMonitor, type TranslatedMonitor } from "../../../components/monitors/translate-monitor";
import { formatFinding } from "../../../components/schema";
import { faultFindings } from "../../../components/monitors/monitor-faults";
import type { TargetLabels } from "./relabel";
import { parsePipelines, type ParsedConfiguration, type PipelinesArgs } from "../../../components/settings";

/** A monitor in the namespace `shop`. Each test changes the parts that it is about. */
export function monitor(kind: MonitorKind, spec: unknown, change: Partial<MonitorObject> = {}): MonitorObject {
  return { kind, namespace: "shop", name: "orders", labels: {}, spec, ...change };
}

/** A monitor with one endpoint for the port `metrics`, in the form of its kind. */
export function withEndpoint(kind: MonitorKind, endpoint: object = {}, spec: object = {}): MonitorObject {
  const endpoints = [{ port: "metrics", ...endpoint }];
  const list = kind === "PodMonitor" ? { podMetricsEndpoints: endpoints } : { endpoints };
  return monitor(kind, { selector: { matchLabels: { app: "orders" } }, ...list, ...spec });
}

/** The settings of a stack with one pipeline that wants all monitors of `shop`. */
export function stack(input: object = {}, settings: PipelinesArgs = {}): ParsedConfiguration {
  const pipelines = [
    {
      name: "a",
      input: { prometheusOperator: { enabled: true, ...input } },
      output: { otlp: { endpoint: { value: "https://backend.example.com:4317" } } },
    },
  ];
  return parsePipelines({ metricPipelines: pipelines, ...settings }, { now: new Date() });
}

/** Translates a monitor with the stack's default settings. */
export function translated(one: MonitorObject, change: PipelinesArgs["metric"] = {}): TranslatedMonitor {
  const { settings } = stack({}, { metric: change });
  return translateMonitor(one, { scrape: settings.scraping, interval: 30, minimumInterval: 10 });
}

/** The warnings about a monitor, as users read them. */
export function warnings(one: MonitorObject): string[] {
  return faultFindings(one, translated(one).faults).map(formatFinding);
}

/** A target of `withEndpoint`, as discovery describes it, whose pod has an annotation with another address. */
export const target = (change: object = {}): TargetLabels => ({
  __address__: "10.0.0.7:8080",
  __scheme__: "http",
  __scrape_interval__: "30s",
  __scrape_timeout__: "10s",
  __meta_kubernetes_namespace: "shop",
  __meta_kubernetes_service_label_app: "orders",
  __meta_kubernetes_service_labelpresent_app: "true",
  __meta_kubernetes_pod_node_name: "node-1",
  __meta_kubernetes_pod_ip: "10.0.0.7",
  __meta_kubernetes_pod_annotation_evil: "10.6.6.6",
  __meta_kubernetes_endpointslice_port_name: "metrics",
  ...change,
});

/** The job of the only endpoint of a monitor. */
export function job(one: MonitorObject, change: PipelinesArgs["metric"] = {}): Readonly<Record<string, unknown>> {
  const [first] = translated(one, change).jobs;
  if (first === undefined) throw new Error(`no job: ${JSON.stringify(translated(one).faults)}`);
  return first.config;
}

/** The objects of the cluster that a test pretends to have, with texts by key. */
export type FakeObjects = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Plans these monitors. Secrets and ConfigMaps are those of `objects`, by `Secret/namespace/name`. */
export function plan(
  { pipelines, settings }: ParsedConfiguration,
  monitors: readonly MonitorObject[],
  objects: FakeObjects = {},
  refused: RefusedJobs = new Map(),
): Monitors {
  return planMonitors(
    pipelines,
    settings,
    {
      monitors: (kinds) => ({ monitors: monitors.filter(({ kind }) => kinds.includes(kind)), missing: [] }),
      secrets: (names) =>
        names.map(({ kind = "Secret", namespace, name }) => {
          const data = objects[`${kind}/${namespace}/${name}`];
          if (data === undefined) return { problem: "missing", detail: "" };
          const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
          return { data: Object.fromEntries(encoded) as Record<string, string> };
        }),
    },
    new Date("2026-06-01"),
    refused,
  );
}
