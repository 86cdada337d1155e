import { setTimeout as sleep } from "node:timers/promises";
import { clusterKubectl, type Tools } from "../lab";
import { must } from "../lab/host";

const backend = { namespace: "telemetry-backend", service: "prometheus", port: 9090 };

/** Labels of the metrics of the last minute and of their senders. The gateway's enrichment adds them. */
const senders = ["__name__", "k8s_namespace_name", "k8s_pod_name", "k8s_node_name"];
const query = `count by (${senders.join(", ")}) (last_over_time({k8s_node_name!=""}[1m]))`;

export interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string };
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Shows the pods, the endpoints, a query and the metrics that arrived. Returns whether metrics came from every node. */
export async function show(outputs: Outputs, tools: Tools): Promise<boolean> {
  const [program = "", ...first] = clusterKubectl(tools);
  const kubectl = async (...args: string[]): Promise<string> => (await must(program, [...first, ...args])).stdout;
  const { items } = JSON.parse(await kubectl("get", "pods", "-A", "-o", "json")) as { items: Pod[] };
  console.log(`\nPods\n${podTable(items)}`);
  const { endpoints } = outputs;
  if (endpoints) console.log(`\nPush from a pod to\n  OTLP/gRPC  ${endpoints.grpc}\n  OTLP/HTTP  ${endpoints.http}`);
  if (!outputs.developmentOutputs?.backendAddress) return true;

  const service = ["service", backend.service, "-n", backend.namespace];
  const clusterIp = await kubectl("get", ...service, "-o", "jsonpath={.spec.clusterIP}");
  const proxy = `/api/v1/namespaces/${backend.namespace}/services/${backend.service}:${backend.port}/proxy`;
  const path = `${proxy}/api/v1/query?query=${encodeURIComponent(query)}`;
  // This machine reaches the nodes of the built cluster, but maybe not those of kind.
  const command = tools.cluster.use.kind
    ? `${[program, ...first].join(" ")} get --raw '${path}'`
    : `curl -sG http://${clusterIp}:${backend.port}/api/v1/query --data-urlencode 'query=${query}'`;
  console.log(
    `\nPrometheus: http://${clusterIp}:${backend.port}, inside the cluster ${outputs.developmentOutputs.backendAddress}`,
  );
  console.log(`A query, as a command for this machine:\n  ${command}`);

  const nodes = new Set(items.filter(isTelemetry).flatMap(({ spec }) => spec.nodeName ?? []));
  const series = await waitForNodes(nodes, async () => parseSeries(await kubectl("get", "--raw", path)));
  console.log(`\nMetrics that arrived in the last minute, by this query\n${seriesTable(series)}`);
  const silent = [...nodes].filter((node) => !nodesOf(series).has(node));
  if (silent.length > 0)
    console.log(`\nNo metrics have arrived from ${silent.join(", ")}. Look at the logs of their pods with kubectl.`);
  return silent.length === 0;
}

/** The outputs of the stack that `show` reads. */
export interface Outputs {
  readonly endpoints?: { readonly grpc: string; readonly http: string };
  readonly developmentOutputs?: { readonly backendAddress?: string };
}

/** Waits until the first metrics of each node have been sent, batched and written: a minute at most. */
async function waitForNodes(nodes: ReadonlySet<string>, ask: () => Promise<Series[]>): Promise<Series[]> {
  const end = Date.now() + 60_000;
  for (;;) {
    const series = await ask().catch(() => []);
    const there = nodesOf(series);
    if ([...nodes].every((node) => there.has(node)) || Date.now() > end) return series;
    await sleep(1000);
  }
}

function nodesOf(series: readonly Series[]): Set<string> {
  return new Set(series.flatMap(({ metric }) => metric.k8s_node_name ?? []));
}

export function parseSeries(json: string): Series[] {
  return (JSON.parse(json) as { data: { result: Series[] } }).data.result;
}

const isTelemetry = ({ metadata }: Pod): boolean => /^telemetry(-|$)/.test(metadata.namespace);

/** The pods in the stack's namespaces, by node, without the cluster's own pods. */
export function podTable(pods: readonly Pod[]): string {
  const rows = pods
    .filter(isTelemetry)
    .map(({ metadata, spec, status }) => [
      spec.nodeName ?? "(no node)",
      metadata.namespace,
      metadata.name,
      status.phase,
    ]);
  return table(["NODE", "NAMESPACE", "POD", ""], rows);
}

export function seriesTable(series: readonly Series[]): string {
  const rows = series.map(({ metric, value }) => [
    metric.k8s_node_name ?? "",
    metric.k8s_namespace_name ?? "",
    metric.k8s_pod_name ?? "",
    metric.__name__ ?? "",
    value[1],
  ]);
  return rows.length === 0 ? "  none" : table(["NODE", "NAMESPACE", "POD", "METRIC", "SERIES"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const sorted = [...rows].sort((a, b) => (a.join("\0") < b.join("\0") ? -1 : 1));
  const all = [head, ...sorted];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
