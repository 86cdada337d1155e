import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { podVariables, ports } from "./collector/config";
import { credentialsFolder } from "./credentials/keys";
import type { WorkloadSettings } from "./pipelines";
import { contentName } from "./naming";
import { egressTo, gatewayIngress, type Backend } from "./network";
import { memoryGoal } from "./sizing";
import { everyNode, objectLabels, restrictedContainer, restrictedPod, selectorLabels } from "./workload";

const name = "telemetry-otlp-gateway";

const serviceName = "telemetry-otlp";
/** What applications may have been told before there was one Service for all signals. */
const legacyServiceNames = ["metrics", "traces", "logs"].map((signal) => `${serviceName}-${signal}`);

/** Stock distribution with all components that the generated configuration uses. */
export const collectorImage = "docker.io/otel/opentelemetry-collector-contrib:0.149.0";

/** Seconds between the pod's removal from the Service and its first refused connection; see `lifecycle` below. */
const drainSeconds = 5;
/** Seconds the collector has after that to send what its queues hold. */
const flushSeconds = 25;

export interface OtlpGatewayArgs {
  /** Namespace of all objects. */
  namespace: pulumi.Input<string>;
  /** The collector's configuration, as YAML. It holds no credentials. */
  configuration: string;
  /** Name of the merged Secret, when the configuration reads files of it. */
  credentials?: pulumi.Input<string>;
  /** Where data may go; everything else is shut. */
  backends: pulumi.Input<readonly Backend[]>;
  resources: GatewayResources;
  /** What the user wants otherwise than by default. */
  workload: WorkloadSettings;
}

export interface GatewayResources {
  /** CPU request in millicores. There is no CPU limit: a throttled gateway would lose data that an idle core could save. */
  cpuMillis: number;
  /** Memory request in bytes. */
  memoryRequest: number;
  /** Memory limit in bytes; queues and the memory limiter are sized from it. */
  memoryLimit: number;
}

/**
 * The OTLP gateway: one collector on every node, which takes metrics, traces and logs from the applications on its
 * node through the Service `telemetry-otlp` and sends them to the backend of each pipeline.
 */
export class OtlpGateway extends pulumi.ComponentResource {
  /** Where applications send to, from any pod. */
  declare readonly endpoints: pulumi.Output<{ grpc: string; http: string }>;

  constructor(resourceName: string, args: OtlpGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:OtlpGateway", resourceName, {}, opts);
    const child = { parent: this };
    const labels = objectLabels(name, "gateway");
    const metadata = { name, namespace: args.namespace, labels };

    const serviceAccount = new k8s.core.v1.ServiceAccount(
      resourceName,
      { metadata, automountServiceAccountToken: false },
      child,
    );
    const role = new k8s.rbac.v1.ClusterRole(
      resourceName,
      { metadata: { name, labels }, rules: enrichmentRules },
      child,
    );
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      resourceName,
      {
        metadata: { name, labels },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name, namespace: args.namespace }],
      },
      child,
    );
    const priorityClass = new k8s.scheduling.v1.PriorityClass(
      resourceName,
      {
        metadata: { name, labels },
        value: 2_100_000,
        description: "Telemetry gateways start before ordinary workloads and are not evicted for them.",
      },
      child,
    );
    const config = new k8s.core.v1.ConfigMap(
      `${resourceName}-config`,
      {
        metadata: { name: contentName(name, args.configuration), namespace: args.namespace, labels },
        immutable: true,
        data: { [configFile]: args.configuration },
      },
      child,
    );
    const daemonSet = new k8s.apps.v1.DaemonSet(
      resourceName,
      {
        metadata,
        spec: {
          selector: { matchLabels: selectorLabels(name) },
          // The new pod of a node is ready before its old one goes, so the node is never without a gateway.
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: {
            metadata: { labels: { ...args.workload.labels, ...labels }, annotations: args.workload.annotations },
            spec: {
              nodeSelector: args.workload.nodeSelector,
              serviceAccountName: serviceAccount.metadata.name,
              automountServiceAccountToken: true,
              priorityClassName: priorityClass.metadata.name,
              tolerations: args.workload.tolerations?.map((toleration) => ({ ...toleration })) ?? everyNode,
              terminationGracePeriodSeconds: drainSeconds + flushSeconds,
              securityContext: restrictedPod,
              containers: [collectorContainer(args)],
              volumes: [
                { name: "config", configMap: { name: config.metadata.name } },
                ...(args.credentials === undefined
                  ? []
                  : [{ name: "credentials", secret: { secretName: args.credentials, defaultMode: 0o440 } }]),
              ],
            },
          },
        },
      },
      { ...child, dependsOn: [binding] },
    );
    new k8s.networking.v1.NetworkPolicy(
      resourceName,
      {
        metadata,
        spec: {
          podSelector: { matchLabels: selectorLabels(name) },
          policyTypes: ["Ingress", "Egress"],
          ingress: [...gatewayIngress],
          egress: pulumi
            .all([args.backends, args.namespace])
            .apply(([backends, namespace]) => egressTo(backends, namespace)),
        },
      },
      child,
    );
    const service = (serviceName: string): k8s.core.v1.Service =>
      new k8s.core.v1.Service(
        serviceName,
        {
          metadata: { ...metadata, name: serviceName },
          spec: {
            selector: selectorLabels(name),
            internalTrafficPolicy: "Local",
            ports: [
              { name: "grpc-otlp", port: ports.otlpGrpc, targetPort: "otlp-grpc", appProtocol: "kubernetes.io/h2c" },
              { name: "http-otlp", port: ports.otlpHttp, targetPort: "otlp-http", appProtocol: "http" },
            ],
          },
        },
        child,
      );
    const main = service(serviceName);
    if (args.workload.legacyServices) legacyServiceNames.forEach(service);

    const host = pulumi.interpolate`${main.metadata.name}.${main.metadata.namespace}`;
    this.endpoints = pulumi.output({
      grpc: pulumi.interpolate`${host}:${ports.otlpGrpc}`,
      http: pulumi.interpolate`http://${host}:${ports.otlpHttp}`,
    });
    this.registerOutputs({ endpoints: this.endpoints, daemonSet: daemonSet.metadata.name });
  }
}

const configFile = "relay.yaml";
const configFolder = "/conf";

/** Reading pods, their namespaces and nodes is what enrichment needs; nothing else is granted. */
const enrichmentRules = [
  { apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs: ["get", "list", "watch"] },
];

function collectorContainer({ workload, resources, credentials }: OtlpGatewayArgs): k8s.types.input.core.v1.Container {
  return {
    name: "collector",
    image: workload.image ?? collectorImage,
    args: [`--config=${configFolder}/${configFile}`],
    env: [
      { name: podVariables.ip, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: podVariables.node, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: "GOMEMLIMIT", value: `${Math.floor(resources.memoryLimit * memoryGoal)}` },
    ],
    ports: [
      { name: "otlp-grpc", containerPort: ports.otlpGrpc },
      { name: "otlp-http", containerPort: ports.otlpHttp },
      { name: "self-metrics", containerPort: ports.selfMetrics },
    ],
    resources: {
      requests: { cpu: `${resources.cpuMillis}m`, memory: `${resources.memoryRequest}` },
      limits: { memory: `${resources.memoryLimit}` },
    },
    startupProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 10, failureThreshold: 6 },
    // The pod leaves the Service at once but nodes learn it a moment later: it goes on taking data until they have.
    lifecycle: { preStop: { sleep: { seconds: drainSeconds } } },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "config", mountPath: configFolder, readOnly: true },
      ...(credentials === undefined ? [] : [{ name: "credentials", mountPath: credentialsFolder, readOnly: true }]),
    ],
  };
}
