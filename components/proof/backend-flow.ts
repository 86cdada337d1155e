import * as pulumi from "@pulumi/pulumi";
import stringify from "safe-stable-stringify";
import type { ClusterAccess } from "../cluster-access";
import { accessAsInput } from "../outside";
import { pipelineId } from "../contract";
import type { Finding } from "../schema";
import type { VerificationSettings } from "../settings";
import { statusTable, type FlowTargets, type PipelineStatus } from "../verification";
import { flowProvider } from "./flow-provider";
import { flowRevision } from "./flow-revision";

export interface BackendFlowArgs {
  targets: FlowTargets;
  /** Certificates that expire soon. */
  certificates: pulumi.Input<readonly Finding[]>;
  cluster: ClusterAccess;
  settings: VerificationSettings & { readonly mode: "always" | "onChange" };
  /** Changes whenever something changes that decides whether data flows. */
  revision: pulumi.Input<string>;
}

/**
 * The proof that backends accept data. It reads the collectors' own counters, sends canaries, and reports the status of
 * each pipeline. It depends on the workloads that it checks.
 */
export class BackendFlow extends pulumi.dynamic.Resource {
  /** Status of each pipeline. */
  declare readonly pipelines: pulumi.Output<readonly PipelineStatus[]>;

  constructor(name: string, args: BackendFlowArgs, opts?: pulumi.CustomResourceOptions) {
    const { targets, cluster, settings } = args;
    const { mode, timeoutSeconds, onUnhealthy } = settings;
    const props = {
      targets,
      certificates: pulumi
        .output(args.certificates)
        .apply((findings) => stringify(byPipeline(targets, findings as readonly Finding[]))),
      cluster: accessAsInput(cluster),
      mode,
      timeoutSeconds,
      onUnhealthy,
      revision: pulumi
        .output(args.revision)
        .apply((revision) => flowRevision({ targets, mode, timeoutSeconds, onUnhealthy, revision })),
      // Empty in a preview, so that nothing shows as changed. Different in each update, so that the proof can repeat.
      nonce: pulumi.runtime.isDryRun() ? "" : new Date().toISOString(),
      pipelines: undefined,
    };
    super(flowProvider, name, props, opts, "telemetry", "BackendFlow");
    if (!pulumi.runtime.isDryRun()) this.showStatus();
  }

  private showStatus(): void {
    this.pipelines.apply((pipelines) => {
      const text = `Status of the pipelines\n${statusTable(pipelines)}`;
      const isHealthy = pipelines.every(({ healthy }) => healthy);
      return void (isHealthy ? pulumi.log.info(text, this) : pulumi.log.warn(text, this));
    });
  }
}

function byPipeline(targets: FlowTargets, findings: readonly Finding[]): Record<string, string[]> {
  return Object.fromEntries(
    targets.pipelines.map((target) => [
      pipelineId(target),
      findings
        .filter(({ path }) => path.startsWith(`${target.path}.`))
        .map(({ path, problem, remedy }) => `${path}: ${problem}. ${remedy}.`),
    ]),
  );
}
