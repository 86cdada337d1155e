import {
  diagnosticMetrics,
  duration,
  field,
  flag,
  inputStackSettings,
  labelSelector,
  namespaceNames,
  pullInput,
  struct,
} from "../schema";
import { defineInput, idPart, type Collection, type MonitorJob } from "./define-input";
import { discoveryRights } from "./discovery-rights";
import { scrapedTargets } from "./egress";
import { scopeProcessor } from "./scope";
import { forgetNamespace, scrapingReceiver, selectScraped } from "./scrape";

const monitors = (kind: string) =>
  field(
    struct({
      enabled: flag(true, `Whether to scrape the targets of ${kind}s.`),
      labelSelector: labelSelector({
        description: `Only ${kind}s with these labels. All by default.`,
        example: "{ matchLabels: { release: prometheus } }",
      }),
    }).prefault({}),
    { description: `Choice of ${kind}s.`, example: "{ enabled: false }" },
  );

const setting = {
  key: "prometheusOperator",
  pipeline: field(
    pullInput(
      "what ServiceMonitors and PodMonitors ask for",
      {
        serviceMonitors: monitors("ServiceMonitor"),
        podMonitors: monitors("PodMonitor"),
        diagnosticMetrics: diagnosticMetrics(),
        allowSecretsFrom: namespaceNames(
          "Namespaces whose monitors may use Secrets and ConfigMaps of their own namespace, for example for basic " +
            "authentication. Each update reads them with your rights. None by default.",
        ),
      },
      "monitors",
    ).prefault({}),
    {
      description: "Targets of the Prometheus Operator's ServiceMonitors and PodMonitors, without the operator.",
      example: "{ enabled: true }",
    },
  ),
  stack: inputStackSettings("prometheusOperator", {
    minimumInterval: field(duration(1, "one second").default("10s"), {
      description: "Shortest interval that a monitor gets. A shorter one is raised, with a warning.",
      example: "5s",
      rule: "A number with its unit (`ms`, `s`, `m`, `h`); from `1s` to `24h`.",
    }),
  }),
  everything: { enabled: true },
} as const;

const id = idPart(setting.key);

/** The port of the first receiver's state; the others have the next ports. */
const firstPort = 9400;

/**
 * Targets of ServiceMonitors and PodMonitors whose pods run on this node. Pipelines that select the same monitors share
 * a receiver, so no sample needs a mark of the monitor. All jobs of a receiver have the same two discoveries, which the
 * scraper runs once, however many jobs there are.
 */
export const prometheusOperator = defineInput({
  name: "prometheus-operator",
  setting,
  role: "node",
  health: {
    kind: "targets",
    port: firstPort,
    monitors: true,
    noTargets:
      "no ServiceMonitor or PodMonitor in its namespaces selects a running pod, or the cluster does not have these kinds",
    untrusted: "Set ca and serverName in the tlsConfig of the monitor's endpoint.",
    redirected:
      "Redirects are not followed, because another pod could answer: set path and scheme to the final address. For targets " +
      "in the monitor's own namespace, followRedirects: true follows them.",
    onlyMesh:
      "A pod of the mesh that closes the connection may accept only callers with a certificate of the mesh, which jobs of " +
      "monitors do not have: set portLevelMtls of its port to PERMISSIVE in a PeerAuthentication, or annotate its Service " +
      "for the input prometheus.",
  },
  isWanted: ({ serviceMonitors, podMonitors }) => serviceMonitors.enabled || podMonitors.enabled,
  collect: (wanted, { monitorJobs }) => {
    const ids = wanted.map(({ pipeline }) => pipeline.id);
    return sharedJobs(monitorJobs, ids).map(
      ({ pipelines, jobs, hasServices }, i): Collection<(typeof wanted)[number]["selection"]> => {
        const part = i === 0 ? undefined : `${i + 1}`;
        const partId = part === undefined ? id : `${id}-${part}`;
        return {
          ...(part !== undefined && { part }),
          receivers: scrapingReceiver(partId, firstPort + i, jobs.length === 0 ? [idleJob] : jobs),
          extensions: {},
          processors: [scopeProcessor(partId, id, hasServices ? [forgetNamespace] : [])],
          select: ({ pipeline, selection }) =>
            pipelines.includes(pipeline.id)
              ? selectScraped({ selection: { diagnosticMetrics: selection.diagnosticMetrics } })
              : undefined,
        };
      },
    );
  },
  rights: () => ({ cluster: discoveryRights(), namespaces: [] }),
  egress: ({ hostNetworks }) => scrapedTargets(hostNetworks),
});

/** Keeps a collector without monitors running: a receiver must have a job. */
const idleJob = { job_name: "no-monitor", static_configs: [] };

interface SharedJobs {
  readonly pipelines: readonly string[];
  readonly jobs: unknown[];
  /** Whether any job has Services, whose EndpointSlices may name pods of other namespaces. */
  hasServices: boolean;
}

/** Returns the jobs by the pipelines that want them. Each pipeline is part of at least one group. */
function sharedJobs(monitorJobs: readonly MonitorJob[], ids: readonly string[]): SharedJobs[] {
  const groups = new Map<string, SharedJobs>();
  const groupOf = (pipelines: readonly string[]): SharedJobs => {
    const key = pipelines.join();
    const group = groups.get(key) ?? { pipelines, jobs: [], hasServices: false };
    groups.set(key, group);
    return group;
  };
  for (const { pipelines, config, target } of monitorJobs) {
    const wanting = ids.filter((one) => pipelines.includes(one)).sort();
    if (wanting.length === 0) continue;
    const group = groupOf(wanting);
    group.jobs.push(config);
    group.hasServices ||= target.kind === "ServiceMonitor";
  }
  const idle = ids.filter((one) => ![...groups.values()].some(({ pipelines }) => pipelines.includes(one))).sort();
  if (idle.length > 0) groupOf(idle);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
