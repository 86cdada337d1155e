import { get, type KubernetesObject } from "./kubectl";

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
    { signal: AbortSignal.timeout(10_000) },
  );
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** What a collector says of itself: all samples of one of its own metrics. */
export async function selfMetrics(podIP: string, name: string): Promise<Sample[]> {
  const response = await fetch(`http://${podIP}:8888/metrics`, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  return text.split("\n").flatMap((line) => {
    const [, labels, value] = new RegExp(`^${name}\\{(.*)\\} (\\S+)$`).exec(line) ?? [];
    if (labels === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
    return [{ labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}
