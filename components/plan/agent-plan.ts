import { enrichment, renderYaml, type ComponentChain } from "../collector";
import { images, workloadNames } from "../contract";
import {
  inputs,
  pullRoles,
  selectionOf,
  type EgressRule,
  type InputDefinition,
  type MonitorJob,
  type PolicyRule,
  type PullRole,
  type Rights,
  type Surroundings,
} from "../inputs";
import type { TelemetrySettings } from "../settings";
import { revision, type CollectorPlan, type PlannedWorkload } from "./collector-plan";
import type { PlannedPipeline } from "./models";
import { pullConfig, pullPipelines, runningInputs, type RunningInput } from "./pull-config";
import { enrichmentRights } from "./rights";
import { agentSizing, memoryForOwnQueues, queuesOf } from "../sizing";

interface Role {
  readonly suffix: string;
  readonly workload: PlannedWorkload;
  /** The pods whose metadata is read. */
  readonly metadata: "node" | "cluster" | "none";
  readonly describes: string;
}

// Two agents at once would collect everything twice, so the old one stops first, except where a lease chooses one.
const oneAfterTheOther = (maxUnavailable: number | string): PlannedWorkload["rollingUpdate"] => ({
  maxSurge: 0,
  maxUnavailable,
});

/** The workload, metadata and description of each role's collectors. */
const roles: Readonly<Record<PullRole, Role>> = {
  node: {
    suffix: "",
    workload: { kind: "DaemonSet", rollingUpdate: oneAfterTheOther("10%"), drainSeconds: 0 },
    metadata: "node",
    describes: "collect from the pods and the kubelet of their node",
  },
  "cluster-state": {
    suffix: "-cluster",
    // The pod that holds the lease collects. If it is gone, the other takes over within seconds.
    workload: {
      kind: "Deployment",
      replicas: 2,
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      drainSeconds: 0,
    },
    metadata: "cluster",
    describes: "collect the state of the cluster's objects",
  },
  "api-server": {
    suffix: "-apiserver",
    workload: { kind: "Deployment", replicas: 1, rollingUpdate: oneAfterTheOther(1), drainSeconds: 0 },
    metadata: "none",
    describes: "collect the API server's metrics",
  },
};

/** Facts that agents need besides the settings. */
export interface AgentSurroundings {
  /** Whether workloads are in an Istio mesh. */
  readonly mesh: boolean;
  /** Namespace of all objects. */
  readonly namespace: string;
  /** Oldest minor version of API server and kubelets, if it is known. */
  readonly kubernetesMinor?: number;
  /** Scrape jobs of the Prometheus Operator's monitors. None by default. */
  readonly monitorJobs?: readonly MonitorJob[];
}

/** Returns whether any pipeline scrapes pods, which may be behind proxies of a mesh. */
export function scrapesPods(pipelines: readonly PlannedPipeline[]): boolean {
  const scraping = inputs.filter(({ role, health }) => role === "node" && health?.kind === "targets");
  return pipelines.some(({ pull }) => scraping.some((input) => selectionOf(input, pull) !== undefined));
}

/** Returns the plans of the collectors that pull: one for each role that a pipeline needs. */
export function agentPlans(
  pipelines: readonly PlannedPipeline[],
  settings: TelemetrySettings,
  { mesh, namespace, kubernetesMinor, monitorJobs = [] }: AgentSurroundings,
  list: readonly InputDefinition[] = inputs,
): CollectorPlan[] {
  const pulled = pipelines.filter(({ pull }) => Object.keys(pull).length > 0);
  const intervals: Readonly<Record<string, number>> = settings.intervals;
  const stack: Readonly<Record<string, unknown>> = settings.inputs;
  const around = ({ setting: { key } }: InputDefinition): Surroundings<unknown> => ({
    stack: stack[key],
    interval: intervals[key] ?? settings.intervals.prometheus,
    scrape: settings.scraping,
    mesh,
    leaseNamespace: namespace,
    kubernetesMinor,
    monitorJobs,
  });
  return pullRoles.flatMap((role): CollectorPlan[] => {
    const running = runningInputs(
      list.filter((input) => input.role === role),
      pulled,
      around,
    );
    if (running.length === 0) return [];
    const served = pullPipelines(pulled, running);
    const { agent } = settings;
    const queues = queuesOf(served);
    const { resources, queueBytes } = agentSizing(role, queues, agent.resources);
    const longestInterval = Math.max(...Object.values(intervals), ...monitorJobs.map(({ interval }) => interval));
    const model = { running, served, logLevel: agent.logLevel, queueBytes, longestInterval };
    const configuration = renderYaml(pullConfig(model, metadataOf(role, settings)));
    const { suffix, workload, describes } = roles[role];
    return [
      {
        kind: "agent",
        name: workloadNames.agents[role],
        suffix,
        workload,
        configuration,
        resources,
        requiredMemory: memoryForOwnQueues(role, resources.memoryLimit, queues),
        image: agent.image ?? images.collector,
        logLevel: agent.logLevel,
        rights: rightsOf(role, running, served, kubernetesMinor),
        network: {
          takesPushed: false,
          targets: targetsOf(running, settings),
          backendsOf: pulled.map(({ id }) => id),
          cidrs: settings.egress,
          ...(settings.proxy && { proxy: settings.proxy }),
        },
        // Only scraping requires certificates of the mesh; the other collectors do not.
        inMesh: mesh && role === "node",
        priorityDescription: `Collectors that ${describes} start before ordinary workloads.`,
        served,
        inputs: inputsOf(running),
        parts: partsOf(running),
        intervals,
        notes: running.flatMap(({ collection }) => collection.notes ?? []),
        revision: revision(configuration, resources, agent),
      },
    ];
  });
}

function metadataOf(role: PullRole, { enrichment: model }: TelemetrySettings): ComponentChain {
  return enrichment("metrics", model, { pods: roles[role].metadata, onlyContainer: role === "node" });
}

/** Returns each input once, also one that runs in parts. */
const inputsOf = (running: readonly RunningInput[]): InputDefinition[] => [
  ...new Set(running.map(({ input }) => input)),
];

function partsOf(running: readonly RunningInput[]): Record<string, number> {
  const counts = inputsOf(running).map(
    ({ name }) => [name, running.filter(({ input }) => input.name === name).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 1));
}

/** Returns exactly the rights that the inputs of these pipelines and the metadata require. */
function rightsOf(
  role: PullRole,
  running: readonly RunningInput[],
  served: readonly PlannedPipeline[],
  kubernetesMinor: number | undefined,
): Rights {
  const all = inputsOf(running).map((input) =>
    input.rights(
      served.flatMap(({ pull }) => {
        const selection = selectionOf(input, pull);
        return selection === undefined ? [] : [selection];
      }),
      kubernetesMinor,
    ),
  );
  return together(roles[role].metadata === "none" ? [] : enrichmentRights, all);
}

/** Returns every target once, with those in pods first. */
function targetsOf(running: readonly RunningInput[], { scraping }: TelemetrySettings): EgressRule[] {
  const rules = running.flatMap(({ input }) => input.egress(scraping));
  const distinct = [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
  return [...distinct.filter(({ to }) => to !== undefined), ...distinct.filter(({ to }) => to === undefined)];
}

/** Returns the most rights that pulling collectors can get: a pipeline wants everything of every input. */
export function mostRights(list: readonly InputDefinition[] = inputs): Rights {
  const all = list.map((input) => input.rights([input.setting.pipeline.parse(input.setting.everything)]));
  return together(enrichmentRights, all);
}

function together(metadata: readonly PolicyRule[], ofInputs: readonly Rights[]): Rights {
  return {
    cluster: [...metadata, ...ofInputs.flatMap(({ cluster }) => cluster)],
    namespaces: ofInputs.flatMap(({ namespaces }) => namespaces),
  };
}
