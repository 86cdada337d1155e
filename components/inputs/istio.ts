import { diagnosticMetrics, field, inputStackSettings, onOff, pullInput } from "../schema";
import { defineInput, idPart, namespacesOf, noRights } from "./define-input";
import { scrapedTargets } from "./egress";
import { keep, onlyRunningPods } from "./relabel";
import { nodeLocalJob, scrapedResources, scrapingReceiver, selectScraped } from "./scrape";
import { wantedNamespaces } from "./wanted-namespaces";

const setting = {
  key: "istio",
  pipeline: field(
    pullInput("from the proxies of an Istio mesh", {
      diagnosticMetrics: diagnosticMetrics(),
      envoyMetrics: onOff(false, "Also the metrics whose names start with `envoy_`."),
    }).prefault({}),
    { description: "The Istio proxies next to applications.", example: "{ enabled: true }" },
  ),
  stack: inputStackSettings("istio", {}),
  everything: { enabled: true, envoyMetrics: { enabled: true } },
} as const;

const id = idPart(setting.key);
const job = "istio-proxy";
const targetsPort = 9391;

/** Metrics of the Istio proxies in the pods of this node. */
export const istio = defineInput({
  name: "istio",
  setting,
  role: "node",
  health: { kind: "targets", port: targetsPort, noTargets: "no proxy of a mesh runs in its namespaces" },
  isWanted: () => true,
  collect: (wanted, { interval, scrape }) => {
    const withEnvoy = wanted.some(({ selection }) => selection.envoyMetrics.enabled);
    const metrics = withEnvoy ? "(istio|envoy)_.*" : "istio_.*";
    const scrapeJob = {
      name: job,
      role: "pod" as const,
      metricsPath: "/stats/prometheus",
      relabel: [
        keep("pod_container_name", "istio-proxy"),
        keep("pod_container_port_name", "http-envoy-prom"),
        ...wantedNamespaces(wanted.map(({ selection }) => namespacesOf(selection))),
        onlyRunningPods,
      ],
      metricRelabel: [{ action: "keep", source_labels: ["__name__"], regex: metrics }],
    };
    return {
      receivers: scrapingReceiver(id, targetsPort, [nodeLocalJob(scrapeJob, interval, scrape)]),
      extensions: {},
      processors: scrapedResources(id, [job]),
      select: (one) =>
        selectScraped(one, one.selection.envoyMetrics.enabled ? [] : [`IsMatch(metric.name, "^envoy_")`]),
    };
  },
  // Discovery only lists pods, for which enrichment already has the right.
  rights: () => noRights,
  egress: ({ hostNetworks }) => scrapedTargets(hostNetworks),
});
