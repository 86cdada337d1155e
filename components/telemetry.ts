import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "./cluster-access";
import { DynamicProvider } from "./outside";
import { resourceNameIn } from "./plan";
import { flowTargets } from "./proof";
import type { PipelinesArgs } from "./settings";
import type { GatewaySize } from "./sizing";
import { parse, place, planAndValidate, prove, sizeOfGateway } from "./steps";
import type { FlowTargets, PipelineStatus } from "./verification";
import { restoringFields, type OtlpGateway } from "./workloads";

/** Pipelines and settings in the form that users write (see `docs/pipelines.md`), and the cluster to place them in. */
export interface TelemetryArgs extends PipelinesArgs {
  /**
   * The cluster in which Secrets are read, configurations are validated and backends are verified. Defaults to the one
   * that `kubectl` uses. It must be the cluster of this component's kubernetes provider.
   */
  readonly cluster?: ClusterAccess;
  /** Resources that must exist before backends are verified, such as backends that the same program makes. */
  readonly verifyAfter?: readonly pulumi.Resource[];
}

/** Telemetry of a whole cluster: turns pipelines into a gateway on every node and collectors that pull metrics. */
export class Telemetry extends pulumi.ComponentResource {
  /** The namespace of all objects. */
  declare readonly namespace: pulumi.Output<string>;
  /** Addresses to which applications push; nothing when no pipeline takes pushed data. */
  declare readonly endpoints: pulumi.Output<{ grpc: string; http: string } | undefined>;
  /** Resources that one gateway may use of its node; nothing when there is no gateway. */
  declare readonly gatewaySize: pulumi.Output<GatewaySize | undefined>;
  /** The gateway, if any pipeline takes pushed data. */
  declare readonly gateway: OtlpGateway | undefined;
  /** Status of each pipeline, verified in this update; nothing when verification is off. */
  declare readonly pipelines: pulumi.Output<readonly PipelineStatus[] | undefined>;
  /** The targets of the verification, so that `npm run status` can check the pipelines without an update. */
  declare readonly targets: FlowTargets;

  constructor(name: string, args: TelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:Telemetry", name, {}, restoringFields(opts));
    const { cluster = {}, verifyAfter = [], ...written } = args;
    const parsed = parse(this, written, cluster);
    const { monitors, planned } = planAndValidate(this, parsed);

    const owner = {
      component: this,
      resourceName: resourceNameIn(parsed.namespace, name),
      dynamicProvider: new DynamicProvider(name, { parent: this }),
      protect: written.protect ?? false,
    };
    const { namespace, gateway, workloads, secrets } = place(owner, parsed, monitors, planned);
    this.namespace = namespace;
    this.gateway = gateway;
    this.endpoints = pulumi.output(gateway?.endpoints);
    this.gatewaySize = sizeOfGateway(this, planned);
    this.targets = flowTargets(parsed.namespace, planned.models, planned.plans, monitors);
    const after = [...workloads, ...verifyAfter];
    this.pipelines = prove(owner, parsed, planned, { targets: this.targets, secrets, after });
    this.registerOutputs({
      namespace: this.namespace,
      endpoints: this.endpoints,
      gatewaySize: this.gatewaySize,
      pipelines: this.pipelines,
    });
  }
}
