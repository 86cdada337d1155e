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
    const selector = { matchLabels: selectorLabels(name) };
    const template = {
      metadata: {
        labels: { ...noProxy.labels, ...args.workload.labels, ...(plan.inMesh && sidecarLabels), ...labels },
        annotations: pulumi.output(plan.inMesh ? backendsOf(args) : undefined).apply((known) => ({
          ...noProxy.annotations,
          ...args.workload.annotations,
          ...(known && sidecarAnnotations(known)),
        })),
      },
      spec: pod(config.metadata.name),
    };
    const policy = makeNetworkPolicy(resourceName, args, afterwards);
    const { kind, replicas, rollingUpdate } = plan.workload;
    const inOrder = { ...child, dependsOn: validated.then((all) => [...rights, policy, ...all]) };
    const described = {
      ...metadata,
      annotations: validation && { [annotations.validatedAt]: validation.validatedAt },
    };
    if (kind === "DaemonSet") {
      const updateStrategy = { type: "RollingUpdate", rollingUpdate };
      const spec = { selector, updateStrategy, template };
      const annotated = { ...described.annotations, ...(args.followsRollouts && seenByController) };
      const { metadata: made } = new k8s.apps.v1.DaemonSet(
        resourceName,
        { metadata: { ...described, annotations: annotated }, spec },
        inOrder,
      );
      if (args.followsRollouts) this.follow(resourceName, args, made);
    } else {
      const spec = { replicas, selector, strategy: { type: "RollingUpdate", rollingUpdate }, template };
      new k8s.apps.v1.Deployment(resourceName, { metadata: described, spec }, inOrder);
    }
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
