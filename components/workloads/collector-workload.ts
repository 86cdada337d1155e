import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { annotations, configurationFile, objectLabels, selectorLabels } from "../contract";
import { noProxy, sidecarAnnotations, sidecarLabels } from "../mesh";
import { contentName } from "../plan";
import { Rollout, seenByController } from "../proof";
import { podSpec, type CollectorPod } from "./collector-pod";
import { grantRights, nameInCluster } from "./collector-rights";
import { egressOf, ingressOf } from "./network-policies";
import { backendsOf, type CollectorWorkloadArgs } from "./placing";
import { validateInCluster } from "./workload-validation";

/** The workload of a collector with all its objects, for gateway and agent: on every node, or a few pods anywhere. */
export class CollectorWorkload extends pulumi.ComponentResource {
  constructor(resourceName: string, args: CollectorWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:CollectorWorkload", resourceName, {}, opts);
    const { plan } = args;
    const { name } = plan;
    const child = { parent: this };
    const labels = objectLabels(name, plan.kind);
    const metadata = { name, namespace: args.namespace, labels };

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      resourceName,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const priorityClass = args.workload.priorityClassName ?? makePriorityClass(resourceName, args, child);
    const pod = (configMap: pulumi.Input<string>): CollectorPod =>
      podSpec(args, {
        serviceAccount: serviceAccount.metadata.name,
        priorityClass,
        configMap,
      });
    const validation = validateInCluster(resourceName, args, pod, child);
    // These objects wait for the validation. A rejected configuration then leaves no objects behind, and the running
    // pods keep their rights and their network policy.
    const validated = args.validation.validations.all;
    const afterwards = { ...child, dependsOn: validated };
    const rights = grantRights(resourceName, args, afterwards);
    const config = makeConfiguration(resourceName, args, afterwards);
    const policy = makeNetworkPolicy(resourceName, args, afterwards);
    const described = {
      ...metadata,
      annotations: validation && { [annotations.validatedAt]: validation.validatedAt },
    };
    const template = { metadata: templateMetadata(args, labels), spec: pod(config.metadata.name) };
    const inOrder = { ...child, dependsOn: validated.then((all) => [...rights, policy, ...all]) };
    const made = makeWorkload(resourceName, args, described, template, inOrder);
    if (args.followsRollouts && plan.workload.kind === "DaemonSet") this.follow(resourceName, args, made);
    this.registerOutputs({});
  }

  private follow(resourceName: string, args: CollectorWorkloadArgs, made: pulumi.Output<ObjectMeta>): void {
    const { plan, namespace, validation } = args;
    const { kind, name } = plan;
    const revision = made.apply(({ uid, generation }) => `${uid}/${generation}`);
    const rollout = { cluster: validation.cluster, namespace, kind, name, revision };
    new Rollout(`${resourceName}-rollout`, rollout, { parent: this });
  }
}

type ObjectMeta = k8s.types.output.meta.v1.ObjectMeta;

/** Metadata whose annotations, if any, are listed one by one. */
interface WorkloadMetadata extends k8s.types.input.meta.v1.ObjectMeta {
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
}

function makePriorityClass(
  resourceName: string,
  args: CollectorWorkloadArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { name, kind, priorityDescription: description } = args.plan;
  const metadata = { name: nameInCluster(args), labels: objectLabels(name, kind) };
  return new k8s.scheduling.v1.PriorityClass(resourceName, { metadata, value: 2_100_000, description }, options)
    .metadata.name;
}

function makeConfiguration(
  resourceName: string,
  { plan: { name, kind, configuration }, namespace }: CollectorWorkloadArgs,
  options: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMap {
  const configName = contentName(name, configuration);
  return new k8s.core.v1.ConfigMap(
    // Other content makes a new resource, not a replacement. So the old one still exists after a failed update, and
    // going back uses it. A replacement would create it again, and then delete it in place of the old one.
    `${resourceName}-config-${configName.slice(name.length + 1)}`,
    {
      metadata: { name: configName, namespace, labels: objectLabels(name, kind) },
      immutable: true,
      data: { [configurationFile]: configuration },
    },
    options,
  );
}

function templateMetadata(
  args: CollectorWorkloadArgs,
  labels: Readonly<Record<string, string>>,
): k8s.types.input.meta.v1.ObjectMeta {
  const { inMesh } = args.plan;
  return {
    labels: { ...noProxy.labels, ...args.workload.labels, ...(inMesh && sidecarLabels), ...labels },
    annotations: pulumi.output(inMesh ? backendsOf(args) : undefined).apply((known) => ({
      ...noProxy.annotations,
      ...args.workload.annotations,
      ...(known && sidecarAnnotations(known)),
    })),
  };
}

/** Makes the object that runs the pods, and returns its metadata in the cluster. */
function makeWorkload(
  resourceName: string,
  { plan, followsRollouts }: CollectorWorkloadArgs,
  metadata: WorkloadMetadata,
  template: k8s.types.input.core.v1.PodTemplateSpec,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<ObjectMeta> {
  const { kind, replicas, rollingUpdate } = plan.workload;
  const strategy = { type: "RollingUpdate", rollingUpdate };
  const selector = { matchLabels: selectorLabels(plan.name) };
  if (kind === "Deployment") {
    const spec = { replicas, selector, strategy, template };
    return new k8s.apps.v1.Deployment(resourceName, { metadata, spec }, options).metadata;
  }
  const annotated = { ...metadata.annotations, ...(followsRollouts && seenByController) };
  const spec = { selector, updateStrategy: strategy, template };
  return new k8s.apps.v1.DaemonSet(resourceName, { metadata: { ...metadata, annotations: annotated }, spec }, options)
    .metadata;
}

function makeNetworkPolicy(
  resourceName: string,
  args: CollectorWorkloadArgs,
  options: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy {
  const { name, kind, network } = args.plan;
  return new k8s.networking.v1.NetworkPolicy(
    resourceName,
    {
      metadata: { namespace: args.namespace, labels: objectLabels(name, kind) },
      spec: {
        podSelector: { matchLabels: selectorLabels(name) },
        policyTypes: ["Ingress", "Egress"],
        ingress: ingressOf(network),
        egress: pulumi
          .all([backendsOf(args), args.namespace])
          .apply(([known, namespace]) => egressOf(network, known, namespace)),
      },
    },
    // Other content makes a new object, with a name from the engine. Until all pods are replaced, both policies
    // apply: old pods still reach their backends, and new pods reach theirs.
    { ...options, replaceOnChanges: ["spec"] },
  );
}
