import { z } from "zod";
import { field, onOff, struct } from "../schema/fields";
import { diagnosticMetrics, otlpInput, pullInput } from "../schema/input-fields";
import { pipeline } from "./pipeline-fields";
import type { RuntimeResource } from "./types";

const resource = (name: RuntimeResource) => onOff(true, `Metrics of the resource ${name}.`);

const resources = () =>
  field(
    struct({
      pod: resource("pod"),
      container: resource("container"),
      node: resource("node"),
      volume: resource("volume"),
      daemonset: resource("daemonset"),
      deployment: resource("deployment"),
      statefulset: resource("statefulset"),
      job: resource("job"),
    }).prefault({}),
    { description: "Which resources have metrics.", example: "{ volume: { enabled: false } }" },
  );

const additionalMetrics = () =>
  field(z.array(field(z.string(), { description: "Name of a metric.", example: "k8s.pod.uptime" })).default([]), {
    description: "Names of metrics that are off by default; also of ones whose resource is switched off above.",
    example: "[k8s.pod.cpu_limit_utilization]",
    rule: "Names from the list of additional metrics in the pipeline reference.",
  });

const input = () =>
  field(
    struct({
      otlp: otlpInput(),
      prometheus: field(pullInput("from annotated targets", { diagnosticMetrics: diagnosticMetrics() }).prefault({}), {
        description: 'Pods and Services annotated with `prometheus.io/scrape: "true"`.',
        example: "{ enabled: true }",
      }),
      runtime: field(
        pullInput("from the kubelets and about the cluster's state", {
          resources: resources(),
          additionalMetrics: additionalMetrics(),
        }).prefault({}),
        { description: "Metrics of the cluster and what runs in it.", example: "{ enabled: true }" },
      ),
      istio: field(
        pullInput("from the proxies of an Istio mesh", {
          diagnosticMetrics: diagnosticMetrics(),
          envoyMetrics: onOff(false, "Also the metrics whose names start with `envoy_`."),
        }).prefault({}),
        { description: "Istio's proxies, next to applications.", example: "{ enabled: true }" },
      ),
      apiServer: onOff(false, "Metrics of the API server about itself: requests, their time, queues, store, process."),
    }).prefault({}),
    { description: "Where the metrics come from.", example: "{ prometheus: { enabled: true } }" },
  );

export const metricPipeline = pipeline(
  "metric",
  { input: input() },
  {
    temporality: field(z.enum(["preserve", "delta"]).default("preserve"), {
      description:
        "`preserve` sends points as they came; `delta` turns cumulative sums and histograms into deltas: each collector " +
        "from what it remembers, so what a series counts while a pod is replaced is missing.",
      example: "delta",
    }),
  },
);
