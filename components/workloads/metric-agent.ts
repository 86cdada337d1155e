import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { agentRights } from "./rights";
import { agentConfig, pullInputs, pullRoles, type PullRole } from "../plan/agent-config";
import { clusterStateLease } from "../inputs/cluster-state";
import type { Input } from "../inputs/define-input";
import type { AgentModel, PipelineModel } from "../collector/model";
import { pullPipelines } from "../plan/pull-config";
import { renderYaml } from "../collector/text";
import { CollectorWorkload } from "./collector-workload";
import { certificatesVolume, sidecarAnnotations, sidecarLabels } from "../mesh/sidecar";
import { agentEgress, selfMetricsIngress, type Backend } from "./network-policies";
import type { WorkloadSettings } from "../settings";
import { revision, type ServedBy } from "../verification/proof";
import { agentSizing, type CollectorResources } from "../plan/sizing";
import type { ValidationPlan } from "../validation/config-validation";
import { objectLabels } from "./pods";

const baseName = "telemetry-metric-agent";

export interface MetricAgentArgs {
  /** Namespace of all objects. */
  namespace: pulumi.Input<string>;
  /** What runs, see `agentCollectors`. */
  collectors: readonly AgentCollector[];
  /** Whether workloads are in an Istio mesh. */
  mesh: boolean;
  /** Name of the merged Secret, when the configuration reads files of it. */
  credentials?: pulumi.Input<string>;
  /** Where data may go. */
  backends: pulumi.Input<readonly Backend[]>;
  /** CIDRs that can be reached as well. */
  egress: readonly string[];
  /** CIDRs in which targets on their node's own network are. */
  hostNetworks: readonly string[];
  /** What the user wants otherwise than by default. */
  workload: WorkloadSettings;
  validation: ValidationPlan;
}

/** How the collectors of a role run. */
const roles: Readonly<Record<PullRole, { suffix: string; replicas?: number; describes: string }>> = {
  node: { suffix: "", describes: "collect from the pods and the kubelet of their node" },
  // The one that holds the lease collects; the other takes over within seconds when it is gone.
  "cluster-state": { suffix: "-cluster", replicas: 2, describes: "collect the state of the cluster's objects" },
  "api-server": { suffix: "-apiserver", replicas: 1, describes: "collect the API server's metrics" },
};

/** Names of the workloads of all roles and of their objects. */
export const agentNames: readonly string[] = pullRoles.map(nameOf);

function nameOf(role: PullRole): string {
  return `${baseName}${roles[role].suffix}`;
}

/** What the collectors of one role collect and run with. */
export interface AgentCollector {
  readonly role: PullRole;
  readonly inputs: readonly Input[];
  readonly served: readonly PipelineModel[];
  readonly resources: CollectorResources;
  /** The collector's configuration, as YAML. It holds no credentials. */
  readonly configuration: string;
}

/** The collectors that pipelines have work for; `wanted` is what the user wants otherwise than by default. */
export function agentCollectors(
  model: Omit<AgentModel, "queueBytes">,
  wanted: WorkloadSettings["resources"],
): AgentCollector[] {
  return pullRoles.flatMap((role) => {
    const inputs = pullInputs(role, model.pipelines, model.collection);
    if (inputs.length === 0) return [];
    const served = pullPipelines(model.pipelines, inputs);
    const { resources, queueBytes } = agentSizing(role, served.length, wanted);
    return [
      { role, inputs, served, resources, configuration: renderYaml(agentConfig(role, { ...model, queueBytes })) },
    ];
  });
}

/** The metric agent: collectors that pull metrics, on every node and, for what the cluster has once, beside them. */
export class MetricAgent extends pulumi.ComponentResource {
  /** What runs, and what for. */
  readonly collectors: readonly ServedBy[];

  constructor(resourceName: string, args: MetricAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:MetricAgent", resourceName, {}, opts);
    this.collectors = args.collectors.map((collector) => this.makeCollector(resourceName, collector, args));
    this.registerOutputs({});
  }

  private lease(resourceName: string, namespace: pulumi.Input<string>): void {
    const labels = objectLabels(nameOf("cluster-state"), "agent");
    new k8s.coordination.v1.Lease(
      `${resourceName}-lease`,
      { metadata: { name: clusterStateLease, namespace, labels } },
      { parent: this },
    );
  }

  private makeCollector(resourceName: string, collector: AgentCollector, args: MetricAgentArgs): ServedBy {
    const { role, inputs, served, resources, configuration } = collector;
    const { suffix, replicas, describes } = roles[role];
    if (role === "cluster-state") this.lease(resourceName, args.namespace);
    const inputNames = inputs.map(({ name }) => name);
    const rights = agentRights(role, served);
    const name = nameOf(role);
    new CollectorWorkload(
      `${resourceName}${suffix}`,
      {
        name,
        component: "agent",
        namespace: args.namespace,
        configuration,
        credentials: args.credentials,
        resources,
        workload: args.workload,
        validation: args.validation,
        clusterRules: rights.cluster,
        namespaceRules: rights.namespaces,
        containerPorts: [],
        ingress: selfMetricsIngress,
        egress: pulumi
          .all([args.backends, args.namespace])
          .apply(([backends, namespace]) =>
            agentEgress(role === "node" ? inputNames : [], args.hostNetworks, backends, namespace, args.egress),
          ),
        replicas,
        // Scraping is what takes certificates of the mesh; the other collectors do without.
        ...(role === "node" &&
          args.mesh && {
            podLabels: sidecarLabels,
            podAnnotations: pulumi.output(args.backends).apply(sidecarAnnotations),
            volumes: [certificatesVolume],
          }),
        // Two agents at once would count everything twice, so the old one goes first, except where they take turns.
        rollingUpdate:
          role === "cluster-state"
            ? { maxSurge: 1, maxUnavailable: 0 }
            : { maxSurge: 0, maxUnavailable: replicas ?? "10%" },
        drainSeconds: 0,
        priorityDescription: `Collectors that ${describes} start before ordinary workloads.`,
      },
      { parent: this },
    );
    const workload = replicas === undefined ? "DaemonSet" : "Deployment";
    const tells = inputs.flatMap(({ tellsAs }) => tellsAs ?? []);
    return {
      kind: "agent",
      workload,
      name,
      served,
      memoryLimit: resources.memoryLimit,
      inputs: tells,
      revision: revision(configuration, resources, args.workload),
    };
  }
}
