import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { enrichmentRights } from "./rights";
import { ports } from "../collector/config";
import { CollectorWorkload } from "./collector-workload";
import { egressTo, gatewayIngress, type Backend } from "./network-policies";
import type { GatewaySettings } from "../settings";
import { gatewayGcPercent, type CollectorResources } from "../plan/sizing";
import type { ValidationPlan } from "../validation/config-validation";
import { objectLabels, selectorLabels } from "./pods";

/** Name of the DaemonSet and its objects. */
export const gatewayName = "telemetry-otlp-gateway";
const name = gatewayName;

const serviceName = "telemetry-otlp";
/** What applications may have been told before there was one Service for all signals. */
const legacyServiceNames = ["metrics", "traces", "logs"].map((signal) => `${serviceName}-${signal}`);

export interface OtlpGatewayArgs {
  /** Namespace of all objects. */
  namespace: pulumi.Input<string>;
  /** The collector's configuration, as YAML. It holds no credentials. */
  configuration: string;
  /** Name of the merged Secret, when the configuration reads files of it. */
  credentials?: pulumi.Input<string>;
  /** Where data may go; everything else is shut. */
  backends: pulumi.Input<readonly Backend[]>;
  /** CIDRs that can be reached as well. */
  egress: readonly string[];
  resources: CollectorResources;
  /** What the user wants otherwise than by default. */
  workload: GatewaySettings;
  validation: ValidationPlan;
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

    new CollectorWorkload(
      resourceName,
      {
        name,
        component: "gateway",
        namespace: args.namespace,
        configuration: args.configuration,
        credentials: args.credentials,
        resources: args.resources,
        gcPercent: gatewayGcPercent,
        workload: args.workload,
        validation: args.validation,
        clusterRules: enrichmentRights,
        containerPorts: [
          { name: "otlp-grpc", containerPort: ports.otlpGrpc },
          { name: "otlp-http", containerPort: ports.otlpHttp },
        ],
        ingress: gatewayIngress,
        egress: pulumi
          .all([args.backends, args.namespace])
          .apply(([backends, namespace]) => egressTo(backends, namespace, args.egress)),
        // The new pod of a node is ready before its old one goes, so the node is never without a gateway. A tenth of the
        // nodes at once, one at least, so that large clusters are done before the provider gives up, after 10 minutes.
        rollingUpdate: { maxSurge: "10%", maxUnavailable: 0 },
        // The pod leaves the Service at once but nodes learn it a moment later: it goes on taking data until they have.
        drainSeconds: 5,
        priorityDescription: "Telemetry gateways start before ordinary workloads and are not evicted for them.",
      },
      child,
    );
    const service = (serviceName: string, options: pulumi.CustomResourceOptions): k8s.core.v1.Service =>
      new k8s.core.v1.Service(
        // Starts as those of all other resources of this one do, so that a program can have several.
        serviceName.replace(/^telemetry/, resourceName.replace(/-gateway$/, "")),
        {
          metadata: { name: serviceName, namespace: args.namespace, labels: objectLabels(name, "gateway") },
          spec: {
            selector: selectorLabels(name),
            internalTrafficPolicy: "Local",
            ports: [
              { name: "grpc-otlp", port: ports.otlpGrpc, targetPort: "otlp-grpc", appProtocol: "kubernetes.io/h2c" },
              { name: "http-otlp", port: ports.otlpHttp, targetPort: "otlp-http", appProtocol: "http" },
            ],
          },
        },
        options,
      );
    const main = service(serviceName, child);
    if (args.workload.legacyServices) {
      const afterwards = { ...child, dependsOn: args.validation.validations.all };
      for (const legacy of legacyServiceNames) service(legacy, afterwards);
    }

    const host = pulumi.interpolate`${main.metadata.name}.${main.metadata.namespace}`;
    this.endpoints = pulumi.output({
      grpc: pulumi.interpolate`${host}:${ports.otlpGrpc}`,
      http: pulumi.interpolate`http://${host}:${ports.otlpHttp}`,
    });
    this.registerOutputs({ endpoints: this.endpoints });
  }
}
