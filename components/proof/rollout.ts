import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";
import { accessAsInput } from "../outside";
import type { CollectorKind } from "../contract";
import { rolloutProvider } from "./rollout-provider";

export interface RolloutArgs {
  cluster: ClusterAccess;
  namespace: pulumi.Input<string>;
  kind: CollectorKind;
  /** Name of the DaemonSet. */
  name: string;
  /** Changes with each change of the DaemonSet. */
  revision: pulumi.Input<string>;
}

/**
 * The wait for a DaemonSet to have rolled out, instead of the provider's: that one waits 10 minutes for a node that is
 * not ready, and does not recognise pods that will never start. Resources that depend on it find a complete rollout.
 */
export class Rollout extends pulumi.dynamic.Resource {
  declare readonly warning: pulumi.Output<string>;

  constructor(name: string, args: RolloutArgs, opts?: pulumi.CustomResourceOptions) {
    const { cluster, namespace, kind, revision } = args;
    super(
      rolloutProvider,
      name,
      {
        access: accessAsInput(cluster),
        namespace,
        collector: { kind, workload: "DaemonSet", name: args.name },
        revision,
        warning: undefined,
      },
      opts,
      "telemetry",
      "Rollout",
    );
    if (pulumi.runtime.isDryRun()) return;
    this.warning.apply((warning) => {
      if (warning) void pulumi.log.warn(warning, this);
    });
  }
}

/** The annotation by which the provider waits only until the DaemonSet's controller has seen a change. */
export const seenByController = { "pulumi.com/waitFor": "jsonpath={.status.observedGeneration}" };
