import * as pulumi from "@pulumi/pulumi";
import { MergedSecret, type WrittenCredential } from "../credentials";
import type { CollectorPlan } from "../plan";
import type { WorkloadSettings } from "../settings";
import { CollectorWorkload } from "./collector-workload";
import type { Placing } from "./placing";
import { privilegedNamespaceLabels } from "./pods";
import { stackNamespace } from "./stack-namespace";

export interface LogAgentArgs extends Omit<Placing, "namespace" | "credentials"> {
  /** The stack, as `project/stack`. */
  stack: string;
  /** The stack's namespace, in which the log agent is not. */
  stackNamespace: pulumi.Input<string>;
  plan: CollectorPlan & { readonly namespace: string };
  /** The user's settings that differ from the default. */
  workload: WorkloadSettings;
  /** Content of the credentials of the plan's pipelines, by key. */
  files: Readonly<Record<string, pulumi.Output<string>>>;
  /** Those of them that stand in the configuration. */
  written: readonly WrittenCredential[];
}

/**
 * The log agent: one collector on every node that reads the logs of the node's containers. It mounts files of its node, so
 * it has its own namespace and its own Secret, which has only the credentials of its pipelines. All other pods of the
 * stack stay in the namespace that admits only restricted pods.
 */
export class LogAgent extends pulumi.ComponentResource {
  /** Name of its Secret; missing if it needs no credentials. */
  declare readonly credentials: pulumi.Output<string> | undefined;

  constructor(resourceName: string, args: LogAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:LogAgent", resourceName, {}, opts);
    const { plan, files, written, stack, ...placing } = args;
    const child = { parent: this };
    const own = { name: plan.namespace, stack, isExisting: false, labels: privilegedNamespaceLabels };
    // It is never protected: it goes when the last pipeline turns container logs off.
    const namespace = stackNamespace(resourceName, own, child);
    this.credentials =
      Object.keys(files).length === 0
        ? undefined
        : new MergedSecret(`${resourceName}-credentials`, { namespace, files, written }, child).secretName;
    new CollectorWorkload(
      resourceName,
      { ...placing, namespace, credentials: this.credentials, plan, containerPorts: [] },
      child,
    );
    this.registerOutputs({});
  }
}
