import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { containerName, podVariables, ports } from "../collector/config";
import { meshCertificates } from "../inputs/mesh-tls";
import { credentialsFolder } from "../credentials/credential-files";
import { contentName, nameOutside } from "./names";
import type { Toleration, WorkloadSettings } from "../settings";
import { memoryGoal, type CollectorResources } from "../plan/sizing";
import { ConfigValidation, validationPod, type ValidationPlan } from "../validation/config-validation";
import { everyNode, objectLabels, restrictedContainer, restrictedPod, selectorLabels } from "./pods";

type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

/** Stock distribution with all components that the generated configurations use. */
export const collectorImage = "docker.io/otel/opentelemetry-collector-contrib:0.149.0";

/**
 * Annotation of a workload. An update that is interrupted while pods are replaced leaves a workload that the engine takes
 * for the one before. Going back validates anew, so this says that there is something to update all the same.
 */
const validatedAt = "telemetry/validated-at";

/** Seconds the collector has to send what its queues hold when it is told to end. */
const flushSeconds = 25;

export interface CollectorWorkloadArgs {
  /** Name of all objects. */
  name: string;
  /** Role of the collector, for labels. */
  component: "gateway" | "agent";
  namespace: pulumi.Input<string>;
  /** The collector's configuration, as YAML. It holds no credentials. */
  configuration: string;
  /** Name of the merged Secret, when the configuration reads files of it. */
  credentials?: pulumi.Input<string>;
  resources: CollectorResources;
  /** Percent by which the heap may grow before garbage is collected. Defaults to 100, as Go does. */
  gcPercent?: number;
  /** What the user wants otherwise than by default. */
  workload: WorkloadSettings;
  /** What the collector may do in the whole cluster. */
  clusterRules: readonly PolicyRule[];
  /** What the collector may do in single namespaces; in its own where none is named. */
  namespaceRules?: readonly { readonly namespace?: string; readonly rules: readonly PolicyRule[] }[];
  /** Ports besides the one of its own metrics. */
  containerPorts: readonly k8s.types.input.core.v1.ContainerPort[];
  /** What may reach the pods, and what they may reach; everything else is shut. */
  ingress: readonly k8s.types.input.networking.v1.NetworkPolicyIngressRule[];
  egress: pulumi.Input<k8s.types.input.networking.v1.NetworkPolicyEgressRule[]>;
  /** This many wherever there is room, on different nodes if possible; one on every node if left out. */
  replicas?: number;
  /** How pods are replaced. */
  rollingUpdate: { maxSurge: number | string; maxUnavailable: number | string };
  /** Labels and annotations of the pods that nobody can change. */
  podLabels?: Readonly<Record<string, string>>;
  podAnnotations?: pulumi.Input<Record<string, string>>;
  /** Further volumes of the pods, with their place in the collector's container. */
  volumes?: readonly { readonly volume: k8s.types.input.core.v1.Volume; readonly mountPath: string }[];
  /** Seconds between the pod's removal from its Services and its end. */
  drainSeconds: number;
  priorityDescription: string;
  validation: ValidationPlan;
}

/** Collectors on every node, or a few anywhere: what gateway and agent have in common. */
export class CollectorWorkload extends pulumi.ComponentResource {
  constructor(resourceName: string, args: CollectorWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:CollectorWorkload", resourceName, {}, opts);
    const { name } = args;
    const child = { parent: this };
    const labels = objectLabels(name, args.component);
    const metadata = { name, namespace: args.namespace, labels };

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      resourceName,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const priorityClass = new k8s.scheduling.v1.PriorityClass(
      resourceName,
      {
        metadata: { name: nameInCluster(args), labels },
        value: 2_100_000,
        description: args.priorityDescription,
      },
      child,
    );
    const pod = (configMap: pulumi.Input<string>): CollectorPod =>
      podSpec(args, {
        serviceAccount: serviceAccount.metadata.name,
        priorityClass: priorityClass.metadata.name,
        configMap,
      });
    const validation = validateInCluster(resourceName, args, pod, child);
    // A configuration that is refused neither leaves anything behind nor takes from the pods that are there what they
    // may do and reach.
    const validated = args.validation.validations.all;
    const afterwards = { ...child, dependsOn: validated };
    const rights = grantRights(resourceName, args, afterwards);
    const configName = contentName(name, args.configuration);
    const config = new k8s.core.v1.ConfigMap(
      // Another content is another resource, not a replacement: after a failed update, what is gone back to is still
      // the one that is there, and not one that is made again and then deleted in place of the old one.
      `${resourceName}-config-${configName.slice(name.length + 1)}`,
      {
        metadata: { name: configName, namespace: args.namespace, labels },
        immutable: true,
        data: { [configFile]: args.configuration },
      },
      afterwards,
    );
    const selector = { matchLabels: selectorLabels(name) };
    const template = {
      metadata: {
        labels: { ...args.workload.labels, ...args.podLabels, ...labels },
        annotations: pulumi
          .output(args.podAnnotations ?? {})
          .apply((annotations) => ({ ...args.workload.annotations, ...annotations })),
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
          ingress: [...args.ingress],
          egress: args.egress,
        },
      },
      // Another content is another object, whose name the engine makes up: until all pods are replaced, those that are
      // left reach what they did, and those that are new what they need.
      { ...afterwards, replaceOnChanges: ["spec"] },
    );
    const { replicas, rollingUpdate } = args;
    const inOrder = { ...child, dependsOn: validated.then((all) => [...rights, policy, ...all]) };
    const described = { ...metadata, ...(validation && { annotations: { [validatedAt]: validation.validatedAt } }) };
    if (replicas === undefined) {
      const updateStrategy = { type: "RollingUpdate", rollingUpdate };
      const spec = { selector, updateStrategy, template };
      new k8s.apps.v1.DaemonSet(resourceName, { metadata: described, spec }, inOrder);
    } else {
      const spec = { replicas, selector, strategy: { type: "RollingUpdate", rollingUpdate }, template };
      new k8s.apps.v1.Deployment(resourceName, { metadata: described, spec }, inOrder);
    }
    this.registerOutputs({});
  }
}

function grantRights(
  resourceName: string,
  args: CollectorWorkloadArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { name, component, namespace, clusterRules, namespaceRules = [] } = args;
  const labels = objectLabels(name, component);
  const apiGroup = "rbac.authorization.k8s.io";
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const bindings: pulumi.Resource[] = [];
  if (clusterRules.length > 0) {
    const metadata = { name: nameInCluster(args), labels };
    const role = new k8s.rbac.v1.ClusterRole(resourceName, { metadata, rules: [...clusterRules] }, options);
    const roleRef = { apiGroup, kind: "ClusterRole", name: role.metadata.name };
    bindings.push(new k8s.rbac.v1.ClusterRoleBinding(resourceName, { metadata, roleRef, subjects }, options));
  }
  namespaceRules.forEach(({ namespace: where = namespace, rules }, i) => {
    const metadata = { name: where === namespace ? name : nameInCluster(args), namespace: where, labels };
    const child = i === 0 ? resourceName : `${resourceName}-${i}`;
    const role = new k8s.rbac.v1.Role(child, { metadata, rules: [...rules] }, options);
    const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
    bindings.push(new k8s.rbac.v1.RoleBinding(child, { metadata, roleRef, subjects }, options));
  });
  return bindings;
}

/** Of its objects that are not in its namespace. */
function nameInCluster({ name, namespace }: CollectorWorkloadArgs): pulumi.Output<string> {
  return pulumi.output(namespace).apply((where) => nameOutside(where, name));
}

const meshCertificateFiles = new RegExp(`${meshCertificates}/[\\w-]+[.]pem`, "g");

function validateInCluster(
  resourceName: string,
  { name, component, namespace, workload, configuration, validation }: CollectorWorkloadArgs,
  pod: (configMap: string) => CollectorPod,
  options: pulumi.CustomResourceOptions,
): ConfigValidation | undefined {
  const { mode, timeoutSeconds } = validation.settings;
  if (mode !== "full") return undefined;
  const { labels, annotations } = workload;
  const args = {
    plan: validation,
    workload: name,
    image: workload.image ?? collectorImage,
    // A pod that runs once gets no proxy of the mesh, and so no certificates, for which the collector would look.
    configuration: configuration.replaceAll(meshCertificateFiles, `${configFolder}/${configFile}`),
    file: configFile,
    pod: validationPod(
      { name, component, namespace, labels, annotations, tolerations: whereScheduled(workload), pod },
      timeoutSeconds,
    ),
  };
  const made = new ConfigValidation(`${resourceName}-validation`, args, options);
  validation.validations.add(made);
  return made;
}

const configFile = "relay.yaml";
const configFolder = "/conf";

/** Names of the objects that a pod of the collector needs. */
interface PodObjects {
  readonly serviceAccount: pulumi.Input<string>;
  readonly priorityClass: pulumi.Input<string>;
  readonly configMap: pulumi.Input<string>;
}

type CollectorPod = k8s.types.input.core.v1.PodSpec & { containers: k8s.types.input.core.v1.Container[] };

function podSpec(args: CollectorWorkloadArgs, objects: PodObjects): CollectorPod {
  const { workload, credentials, volumes = [] } = args;
  return {
    nodeSelector: workload.nodeSelector,
    serviceAccountName: objects.serviceAccount,
    automountServiceAccountToken: true,
    priorityClassName: objects.priorityClass,
    tolerations: [...(args.replicas === undefined ? (workload.tolerations ?? everyNode) : whereScheduled(workload))],
    ...(args.replicas !== undefined && { affinity: onDifferentNodes(args.name) }),
    terminationGracePeriodSeconds: args.drainSeconds + flushSeconds,
    securityContext: restrictedPod,
    containers: [collectorContainer(args)],
    volumes: [
      { name: "config", configMap: { name: objects.configMap } },
      ...(credentials === undefined
        ? []
        : [{ name: "credentials", secret: { secretName: credentials, defaultMode: 0o440 } }]),
      ...volumes.map(({ volume }) => volume),
    ],
  };
}

/**
 * What pods that the scheduler places tolerate, unless the user says otherwise: taints are also how it keeps pods from
 * nodes that are cordoned or lost, and has them leave such. Only who names the nodes means them, tainted or not.
 */
function whereScheduled({ tolerations, nodeSelector }: WorkloadSettings): readonly Toleration[] {
  if (tolerations !== undefined) return tolerations;
  return Object.keys(nodeSelector).length > 0 ? [{ operator: "Exists", effect: "NoSchedule" }] : [];
}

const onDifferentNodes = (name: string): k8s.types.input.core.v1.Affinity => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: { matchLabels: selectorLabels(name) },
        },
      },
    ],
  },
});

function collectorContainer(args: CollectorWorkloadArgs): k8s.types.input.core.v1.Container {
  const { workload, resources, gcPercent, credentials, drainSeconds, volumes = [] } = args;
  return {
    name: containerName,
    image: workload.image ?? collectorImage,
    args: [`--config=${configFolder}/${configFile}`],
    env: [
      { name: podVariables.ip, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: podVariables.node, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: podVariables.hostIp, valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
      { name: "GOMEMLIMIT", value: `${Math.floor(resources.memoryLimit * memoryGoal)}` },
      ...(gcPercent === undefined ? [] : [{ name: "GOGC", value: `${gcPercent}` }]),
    ],
    ports: [...args.containerPorts, { name: "self-metrics", containerPort: ports.selfMetrics }],
    resources: {
      requests: { cpu: `${resources.cpuMillis}m`, memory: `${resources.memoryRequest}` },
      limits: { memory: `${resources.memoryLimit}` },
    },
    startupProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 10, failureThreshold: 6 },
    ...(drainSeconds > 0 && { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } }),
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "config", mountPath: configFolder, readOnly: true },
      ...(credentials === undefined ? [] : [{ name: "credentials", mountPath: credentialsFolder, readOnly: true }]),
      ...volumes.map(({ volume, mountPath }) => ({ name: volume.name, mountPath, readOnly: true })),
    ],
  };
}
