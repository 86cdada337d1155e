import { selfMetricsLabel } from "../../../components/contract";
import { get, pods, type KubernetesObject } from "./kubectl";
import { makeNamespaces, startProbes } from "./probe";
import { senderNamespace } from "./senders";

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An instant query of a Prometheus in the cluster, found by its Service. */
export async function query(promql: string, namespace = "telemetry-backend"): Promise<Sample[]> {
  const [service] = (await get<KubernetesObject & { spec: { clusterIP: string } }>("services", "-n", namespace)).filter(
    ({ metadata }) => metadata.name === "prometheus",
  );
  if (!service) throw new Error(`no Service prometheus in ${namespace}`);
  const response = await fetch(
    `http://${service.spec.clusterIP}:9090/api/v1/query?query=${encodeURIComponent(promql)}`,
    { signal: AbortSignal.timeout(20_000) },
  );
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/**
 * Returns all samples of one of a collector's own metrics. The collector answers only labelled pods, so such a pod sends
 * the request.
 */
export async function selfMetrics(podIP: string, name: string): Promise<Sample[]> {
  const url = `http://${podIP}:8888/metrics`;
  const response = await fetch(`http://${await scraper()}:8080/get?url=${encodeURIComponent(url)}`, {
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  if (!text.startsWith("200")) throw new Error(`${url}: ${text.slice(0, 200)}`);
  return text.split("\n").flatMap((line) => {
    const [, labels = "", value] = new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`).exec(line) ?? [];
    if (value === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [key, value]);
    return [{ labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}

/** Returns the sum of one of the gateways' own metrics over all gateways, of the samples with these labels. */
export async function gatewaySum(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const samples = await Promise.all(
    (await pods("telemetry", "telemetry-otlp-gateway")).map(({ status }) => selfMetrics(status.podIP, name)),
  );
  return samples
    .flat()
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

let lastScraper: string | undefined;

/** Returns the address of a pod that may read the gateways' metrics by their NetworkPolicy. */
async function scraper(): Promise<string> {
  if (lastScraper !== undefined && (await answers(lastScraper))) return lastScraper;
  await makeNamespaces(senderNamespace);
  [lastScraper] = await startProbes([
    { namespace: senderNamespace, name: "scraper", args: ["serve"], labels: selfMetricsLabel },
  ]);
  return lastScraper ?? "";
}

/** Returns whether the pod answers. Another test may have removed it. */
async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(`http://${address}:8080/healthz`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}
