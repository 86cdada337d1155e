import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { images, objectLabels, selectorLabels } from "../contract";
import {
  eligibleNodes,
  everyNode,
  restoringFields,
  restrictedContainer,
  restrictedNamespaceLabels,
  restrictedPod,
} from "../workloads";

const name = "sample-application";

export interface SampleApplicationArgs {
  /** `host:port` of the gateway for OTLP over gRPC. */
  endpoint: pulumi.Input<string>;
  /** Namespace to create for it. Defaults to `telemetry-sample`. */
  namespace?: string;
}

/** A small application on every node that pushes one metric a second, so that the backend has data at once. */
export class SampleApplication extends pulumi.ComponentResource {
  declare readonly namespace: pulumi.Output<string>;

  constructor(resourceName: string, args: SampleApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:SampleApplication", resourceName, {}, restoringFields(opts));
    const child = { parent: this };
    const labels = objectLabels(name, "sample");
    const namespace = new k8s.core.v1.Namespace(
      resourceName,
      { metadata: { name: args.namespace ?? "telemetry-sample", labels: restrictedNamespaceLabels } },
      child,
    );
    this.namespace = namespace.metadata.name;
    new k8s.apps.v1.DaemonSet(
      resourceName,
      {
        metadata: { name, namespace: this.namespace, labels },
        spec: {
          selector: { matchLabels: selectorLabels(name) },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              affinity: { nodeAffinity: eligibleNodes },
              tolerations: everyNode,
              terminationGracePeriodSeconds: 1,
              securityContext: restrictedPod,
              containers: [
                {
                  name: "telemetrygen",
                  image: images.telemetrygen,
                  args: [
                    "metrics",
                    pulumi.interpolate`--otlp-endpoint=${args.endpoint}`,
                    "--otlp-insecure",
                    "--otlp-metric-name=sample_requests",
                    "--metric-type=Sum",
                    "--service=sample-application",
                    "--rate=1",
                    "--batch=false",
                    "--allow-export-failures",
                    "--duration=inf",
                  ],
                  resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
                  securityContext: restrictedContainer,
                },
              ],
            },
          },
        },
      },
      child,
    );
    this.registerOutputs({ namespace: this.namespace });
  }
}
