import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  annotations,
  configurationFile,
  containerName,
  credentialsFolder,
  objectLabels,
  ports,
  selectorLabels,
} from "../contract";
import { podVariables } from "../collector";
import { certificatesVolume, sidecarAnnotations, sidecarLabels } from "../mesh";
import { contentName, type CollectorPlan } from "../plan";
import type { Pipeline, Toleration, WorkloadSettings } from "../settings";
import { memoryGoal } from "../sizing";
import { Rollout, seenByController } from "../proof";
import { ConfigValidation, type ValidationPlan, validationPod } from "../validation";
import type { Backend } from "../credentials";
import { grantRights, nameInCluster } from "./collector-rights";
import { eligibleNodes } from "./eligible-nodes";
import { egressOf, ingressOf } from "./network-policies";
import { proxyEnvironment } from "./proxy-environment";
import { everyNode, hostFilesPod, restrictedContainer, restrictedPod } from "./pods";

/** Seconds that a stopping collector has to send the content of its queues. */
const flushSeconds = 25;

/** The surroundings that a planned collector requires in the cluster. */
export interface Placing {
  namespace: pulumi.Input<string>;
  /** The stack's namespace, which is part of the names of objects outside of namespaces. Defaults to `namespace`. */
  stackNamespace?: pulumi.Input<string>;
  /** Missing if the cluster did not return it. */
  clusterUid?: string;
  /** Name of the merged Secret, if configurations read its files. */
  credentials?: pulumi.Input<string>;
  /** Returns the addresses of the backends of some pipelines. */
  backends: (of: (pipeline: Pick<Pipeline, "id">) => boolean) => pulumi.Input<readonly Backend[]>;
  validation: ValidationPlan;
  /** Whether the program itself follows rollouts in the cluster. Otherwise the provider's wait applies. */
  followsRollouts: boolean;
}

export interface CollectorWorkloadArgs extends Placing {
  plan: CollectorPlan;
  /** The user's settings that differ from the default. */
  workload: WorkloadSettings;
  /** Ports besides that of its own metrics. */
  containerPorts: readonly k8s.types.input.core.v1.ContainerPort[];
}

/** The workload of a collector with all its objects, for gateway and agent: on every node, or a few pods anywhere. */
export class CollectorWorkload extends pulumi.ComponentResource {
  constructor(resourceName: string, args: CollectorWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:CollectorWorkload", resourceName, {}, opts);
    const { plan } = args;
    const { name, configuration } = plan;
    const child = { parent: this };
    const labels = objectLabels(name, plan.kind);
    const backends = backendsOf(args);
    const metadata = { name, namespace: args.namespace, labels };

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      resourceName,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const priorityClass =
      args.workload.priorityClassName ??
      new k8s.scheduling.v1.PriorityClass(
        resourceName,
        {
          metadata: { name: nameInCluster(args), labels },
          value: 2_100_000,
          description: plan.priorityDescription,
        },
        child,
      ).metadata.name;
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
    const configName = contentName(name, configuration);
    const config = new k8s.core.v1.ConfigMap(
      // Other content makes a new resource, not a replacement. So the old one still exists after a failed update, and
      // going back uses it. A replacement would create it again, and then delete it in place of the old one.
      `${resourceName}-config-${configName.slice(name.length + 1)}`,
      {
        metadata: { name: configName, namespace: args.namespace, labels },
        immutable: true,
        data: { [configurationFile]: configuration },
      },
      afterwards,
    );
    const selector = { matchLabels: selectorLabels(name) };
    const template = {
      metadata: {
        labels: { ...args.workload.labels, ...(plan.inMesh && sidecarLabels), ...labels },
        annotations: pulumi
          .output(plan.inMesh ? backends : undefined)
          .apply((known) => ({ ...args.workload.annotations, ...(known && sidecarAnnotations(known)) })),
      },
      spec: pod(config.metadata.name),
    };
    const policy = new k8s.networking.v1.NetworkPolicy(
      resourceName,
      {
        metadata: { namespace: args.namespace, labels },
        spec: {
          podSelector: { matchLabels: selectorLabels(name) },
          policyTypes: ["Ingress", "Egress"],
          ingress: ingressOf(plan.network),
          egress: pulumi
            .all([backends, args.namespace])
            .apply(([known, namespace]) => egressOf(plan.network, known, namespace)),
        },
      },
      // Other content makes a new object, with a name from the engine. Until all pods are replaced, both policies
      // apply: old pods still reach their backends, and new pods reach theirs.
      { ...afterwards, replaceOnChanges: ["spec"] },
    );
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

const meshCertificateFiles = new RegExp(`${certificatesVolume.mountPath}/[\\w-]+[.]pem`, "g");

/** Returns the addresses of the backends to which the collector sends. */
function backendsOf({ plan, backends }: CollectorWorkloadArgs): pulumi.Input<readonly Backend[]> {
  return backends(({ id }) => plan.network.backendsOf.includes(id));
}

function validateInCluster(
  resourceName: string,
  { plan, namespace, workload, validation }: CollectorWorkloadArgs,
  pod: (configMap: string) => CollectorPod,
  options: pulumi.CustomResourceOptions,
): ConfigValidation | undefined {
  const { mode, timeoutSeconds } = validation.settings;
  if (mode !== "full") return undefined;
  const { name, kind: component } = plan;
  const { labels, annotations: podAnnotations } = workload;
  const args = {
    plan: validation,
    workload: name,
    image: plan.image,
    // The pod that validates gets no proxy of the mesh and so no certificates. Here the collector reads another file.
    configuration: plan.configuration.replaceAll(meshCertificateFiles, `${configFolder}/${configurationFile}`),
    file: configurationFile,
    pod: validationPod(
      {
        name,
        component,
        namespace,
        labels,
        annotations: podAnnotations,
        tolerations: whereScheduled(workload),
        pod,
      },
      timeoutSeconds,
    ),
  };
  const made = new ConfigValidation(`${resourceName}-validation`, args, options);
  validation.validations.add(made);
  return made;
}

const configFolder = "/conf";

/** Names of the objects that a pod of the collector refers to. */
interface PodObjects {
  readonly serviceAccount: pulumi.Input<string>;
  readonly priorityClass: pulumi.Input<string>;
  readonly configMap: pulumi.Input<string>;
}

type CollectorPod = k8s.types.input.core.v1.PodSpec & { containers: k8s.types.input.core.v1.Container[] };

function podSpec(args: CollectorWorkloadArgs, objects: PodObjects): CollectorPod {
  const { plan, workload, credentials } = args;
  const isEverywhere = plan.workload.kind === "DaemonSet";
  return {
    nodeSelector: workload.nodeSelector,
    ...(workload.imagePullSecrets && { imagePullSecrets: [...workload.imagePullSecrets] }),
    serviceAccountName: objects.serviceAccount,
    automountServiceAccountToken: true,
    priorityClassName: objects.priorityClass,
    tolerations: [...(isEverywhere ? (workload.tolerations ?? everyNode) : whereScheduled(workload))],
    affinity: { nodeAffinity: eligibleNodes, ...(!isEverywhere && { podAntiAffinity: onDifferentNodes(plan.name) }) },
    terminationGracePeriodSeconds: plan.workload.drainSeconds + flushSeconds,
    securityContext: plan.hostFiles ? hostFilesPod : restrictedPod,
    containers: [collectorContainer(args)],
    volumes: [
      { name: "config", configMap: { name: objects.configMap } },
      ...hostVolumes(plan),
      ...(credentials === undefined
        ? []
        : [{ name: "credentials", secret: { secretName: credentials, defaultMode: 0o440 } }]),
      ...(plan.inMesh ? [certificatesVolume.volume] : []),
    ],
  };
}

/**
 * Returns the tolerations of pods that the scheduler places, unless the user sets others. By default there are none:
 * Kubernetes also uses taints to keep pods off cordoned or lost nodes and to move pods away from them. A user who sets
 * `nodeSelector` wants these nodes, tainted or not.
 */
function whereScheduled({ tolerations, nodeSelector }: WorkloadSettings): readonly Toleration[] {
  if (tolerations !== undefined) return tolerations;
  return Object.keys(nodeSelector).length > 0 ? [{ operator: "Exists", effect: "NoSchedule" }] : [];
}

const onDifferentNodes = (name: string): k8s.types.input.core.v1.PodAntiAffinity => ({
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: {
        topologyKey: "kubernetes.io/hostname",
        labelSelector: { matchLabels: selectorLabels(name) },
      },
    },
  ],
});

function collectorContainer(args: CollectorWorkloadArgs): k8s.types.input.core.v1.Container {
  const { plan, credentials } = args;
  const { resources, gcPercent, inMesh, workload } = plan;
  return {
    name: containerName,
    image: plan.image,
    args: [`--config=${configFolder}/${configurationFile}`, ...gates(plan)],
    env: [
      { name: podVariables.ip, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: podVariables.node, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: podVariables.hostIp, valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
      { name: podVariables.hostIps, valueFrom: { fieldRef: { fieldPath: "status.hostIPs" } } },
      { name: podVariables.clusterUid, value: args.clusterUid ?? "" },
      { name: "GOMEMLIMIT", value: `${Math.floor(resources.memoryLimit * memoryGoal)}` },
      ...(gcPercent === undefined ? [] : [{ name: "GOGC", value: `${gcPercent}` }]),
      ...proxyEnvironment(plan.network.proxy, backendsOf(args)),
    ],
    ports: [...args.containerPorts, { name: "self-metrics", containerPort: ports.selfMetrics }],
    resources: {
      requests: { cpu: `${resources.cpuMillis}m`, memory: `${resources.memoryRequest}` },
      limits: {
        ...(resources.cpuLimitMillis !== undefined && { cpu: `${resources.cpuLimitMillis}m` }),
        memory: `${resources.memoryLimit}`,
      },
    },
    startupProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 10, failureThreshold: 6 },
    ...(workload.drainSeconds > 0 && { lifecycle: { preStop: { sleep: { seconds: workload.drainSeconds } } } }),
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "config", mountPath: configFolder, readOnly: true },
      ...hostMounts(plan),
      ...(credentials === undefined ? [] : [{ name: "credentials", mountPath: credentialsFolder, readOnly: true }]),
      ...(inMesh
        ? [{ name: certificatesVolume.volume.name, mountPath: certificatesVolume.mountPath, readOnly: true }]
        : []),
    ],
  };
}

function gates({ featureGates = [] }: CollectorPlan): string[] {
  return featureGates.length === 0 ? [] : [`--feature-gates=${featureGates.join(",")}`];
}

/** Names of the volumes with files of the node. */
const hostVolume = { read: "node-files", write: "node-state" } as const;

function hostVolumes({ hostFiles }: CollectorPlan): k8s.types.input.core.v1.Volume[] {
  if (hostFiles === undefined) return [];
  return [
    { name: hostVolume.read, hostPath: { path: hostFiles.read, type: "Directory" } },
    { name: hostVolume.write, hostPath: { path: hostFiles.write.path, type: "DirectoryOrCreate" } },
  ];
}

function hostMounts({ hostFiles }: CollectorPlan): k8s.types.input.core.v1.VolumeMount[] {
  if (hostFiles === undefined) return [];
  return [
    { name: hostVolume.read, mountPath: hostFiles.read, readOnly: true },
    { name: hostVolume.write, mountPath: hostFiles.write.mountPath },
  ];
}
