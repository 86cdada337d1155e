import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels, otlpServiceName, ports, selectorLabels, signalNames } from "../contract";
import type { CollectorPlan } from "../plan";
import type { GatewaySettings } from "../settings";
import { CollectorWorkload } from "./collector-workload";
import type { Placing } from "./placing";

/** Service names that applications may still use from before there was one Service for all signals. */
const legacyServiceNames = signalNames.map((signal) => `${otlpServiceName}-${signal}`);

export interface OtlpGatewayArgs extends Placing {
  plan: CollectorPlan;
  /** The user's settings that differ from the default. */
  workload: GatewaySettings;
}

/**
 * The OTLP gateway: one collector on every node. It receives metrics, traces and logs from the applications on its node
 * through the Service `telemetry-otlp`, and sends them to the backend of each pipeline.
 */
export class OtlpGateway extends pulumi.ComponentResource {
  /** The addresses to which applications send, from any pod. */
  declare readonly endpoints: pulumi.Output<{ grpc: string; http: string }>;

  constructor(resourceName: string, args: OtlpGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:OtlpGateway", resourceName, {}, opts);
    const { plan, namespace, workload, validation } = args;
    const child = { parent: this };
    new CollectorWorkload(
      resourceName,
      {
        ...args,
        containerPorts: [
          { name: "otlp-grpc", containerPort: ports.otlpGrpc },
          { name: "otlp-http", containerPort: ports.otlpHttp },
        ],
      },
      child,
    );
    const service = (serviceName: string, options: pulumi.CustomResourceOptions): k8s.core.v1.Service =>
      new k8s.core.v1.Service(
        // The name starts like those of all resources of this component, so that a program can have several components.
        serviceName.replace(/^telemetry/, resourceName.replace(/-gateway$/, "")),
        {
          metadata: { name: serviceName, namespace, labels: objectLabels(plan.name, plan.kind) },
          spec: {
            selector: selectorLabels(plan.name),
            internalTrafficPolicy: "Local",
            ports: [
              { name: "grpc-otlp", port: ports.otlpGrpc, targetPort: "otlp-grpc", appProtocol: "kubernetes.io/h2c" },
              { name: "http-otlp", port: ports.otlpHttp, targetPort: "otlp-http", appProtocol: "http" },
            ],
          },
        },
        options,
      );
    const main = service(otlpServiceName, child);
    if (workload.legacyServices) {
      const afterwards = { ...child, dependsOn: validation.validations.all };
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
