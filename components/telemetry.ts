import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { gatewayPipelines, renderGatewayConfig } from "./collector/gateway";
import { OtlpGateway } from "./gateway";
import { collectorModels } from "./credentials";
import type { Pipelines, TelemetrySettings } from "./pipelines/types";
import { gatewayQueueBytes, gatewayResources } from "./sizing";
import { restrictedNamespaceLabels } from "./workload";

export interface TelemetryArgs {
  /** Pipelines that passed all checks, as `parsePipelines` gives them. */
  pipelines: Pipelines;
  settings: TelemetrySettings;
  /** Namespace that is made for all objects. Defaults to `telemetry`. */
  namespace?: string;
}

/** Telemetry of a whole cluster: pipelines in, a gateway on every node out. */
export class Telemetry extends pulumi.ComponentResource {
  /** The namespace of all objects. */
  declare readonly namespace: pulumi.Output<string>;
  /** Where applications push to; nothing when no pipeline takes pushed data. */
  declare readonly endpoints: pulumi.Output<{ grpc: string; http: string } | undefined>;

  constructor(name: string, args: TelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:Telemetry", name, {}, opts);
    const child = { parent: this };
    const models = collectorModels(args.pipelines);
    const served = gatewayPipelines(models);

    const namespace = new k8s.core.v1.Namespace(
      name,
      { metadata: { name: args.namespace ?? "telemetry", labels: restrictedNamespaceLabels } },
      child,
    );
    this.namespace = namespace.metadata.name;

    const resources = gatewayResources(served.length);
    const gateway =
      served.length === 0
        ? undefined
        : new OtlpGateway(
            `${name}-gateway`,
            {
              namespace: this.namespace,
              configuration: renderGatewayConfig({
                pipelines: served,
                enrichment: {
                  clusterName: args.settings.clusterName,
                  podLabels: args.settings.enrichments.extractPodLabels,
                  service: args.settings.enrichments.service,
                },
                logLevel: "info",
                queueBytes: gatewayQueueBytes(resources, served.length),
              }),
              resources,
            },
            child,
          );
    this.endpoints = pulumi.output(gateway?.endpoints);
    this.registerOutputs({ namespace: this.namespace, endpoints: this.endpoints });
  }
}
