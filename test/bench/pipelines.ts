import { performance } from "node:perf_hooks";
import { gatewayPipelines, renderGatewayConfig } from "../../components/plan/gateway-config";
import { pipelineModels } from "../../components/plan";
import { parsePipelines } from "../../components/settings";
import { gatewayQueueBytes, gatewayResources, queuesOf } from "../../components/sizing";
import { Stack } from "../e2e/support/stack";

/**
 * Measures the costs of 60 pipelines and of one: time to check and render them, size of the configuration, number of resources,
 * and wall time of `pulumi preview` on the cluster of KUBECONFIG.
 */
const counts = [1, 60] as const;

function pipelines(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `pipeline-${i}`,
    input: { otlp: { namespaces: { include: [`team-${i}`] } } },
    transform: [{ statements: [`set(resource.attributes["team"], "${i}")`] }],
    filter: [{ conditions: [`metric.name == "noise"`] }],
    output: {
      otlp: {
        endpoint: { value: `https://backend-${i}.example.com:4317` },
        authentication: { basic: { user: { value: "user" }, password: { value: `password-${i}` } } },
      },
    },
  }));
}

function render(count: number): string {
  const parsed = parsePipelines({ metricPipelines: pipelines(count) }, { now: new Date() });
  const served = gatewayPipelines(pipelineModels(parsed.pipelines));
  const queues = queuesOf(served);
  return renderGatewayConfig({
    pipelines: served,
    enrichment: { podLabels: [], service: true },
    logLevel: "info",
    queueBytes: gatewayQueueBytes(gatewayResources(queues), queues),
  });
}

function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? NaN;
}

function renderMillis(count: number): number {
  return median(
    Array.from({ length: 21 }, () => {
      const start = performance.now();
      render(count);
      return performance.now() - start;
    }),
  );
}

async function preview(count: number): Promise<{ seconds: number; resources: number }> {
  const stack = new Stack({ metricPipelines: pipelines(count) });
  try {
    await stack.create();
    const seconds: number[] = [];
    let resources = NaN;
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      const { code, output } = await stack.preview();
      if (code !== 0) throw new Error(output);
      seconds.push((performance.now() - start) / 1000);
      resources = Number(/\+ (\d+) to create/.exec(output)?.[1]);
    }
    return { seconds: median(seconds), resources };
  } finally {
    stack.dispose();
  }
}

async function main(): Promise<void> {
  const rows = [];
  for (const count of counts) {
    const { seconds, resources } = await preview(count);
    rows.push({
      pipelines: count,
      "render ms": Number(renderMillis(count).toFixed(1)),
      "config bytes": render(count).length,
      resources,
      "preview s": Number(seconds.toFixed(2)),
    });
  }
  console.table(rows);
  const [one, many] = rows;
  if (one && many) console.log(`preview ratio to one pipeline: ${(many["preview s"] / one["preview s"]).toFixed(2)}`);
}

void main();
