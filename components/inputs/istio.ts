import type { CollectionModel, PipelineModel } from "../collector/model";
import type { Input } from "./define-input";
import { wantedNamespaces } from "./wanted-namespaces";
import { keep, onlyRunningPods } from "./relabel";
import { nodeLocalJob, scrapedResources, scrapingInput, selectScraped } from "./scrape";

const name = "istio";
const job = "istio-proxy";

/** The proxies of an Istio mesh next to the applications of this node. */
export function istioInput(pipelines: readonly PipelineModel[], collection: CollectionModel): Input | undefined {
  const selections = pipelines.flatMap(({ pull }) => pull?.istio ?? []);
  if (selections.length === 0) return undefined;
  const metrics = selections.some(({ envoyMetrics }) => envoyMetrics) ? "(istio|envoy)_.*" : "istio_.*";
  const relabel = [
    keep("pod_container_name", "istio-proxy"),
    keep("pod_container_port_name", "http-envoy-prom"),
    ...wantedNamespaces(selections.map((selection) => selection.namespaces)),
    onlyRunningPods,
  ];
  const scrape = {
    name: job,
    role: "pod" as const,
    metricsPath: "/stats/prometheus",
    relabel,
    metricRelabel: [{ action: "keep", source_labels: ["__name__"], regex: metrics }],
  };
  return {
    ...scrapingInput(name, [nodeLocalJob(scrape, collection.intervals.istio, collection.limits)]),
    processors: scrapedResources(name, [job]),
    select: (pipeline) => {
      const wanted = pipeline.pull?.istio;
      return (
        wanted && selectScraped(name, pipeline, wanted, wanted.envoyMetrics ? [] : [`IsMatch(metric.name, "^envoy_")`])
      );
    },
  };
}
