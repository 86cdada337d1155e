import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";
import { accessAsInput } from "../outside";
import type { PipelineModel } from "../collector";
import type { ValidationSettings } from "../settings";
import { imageVersion } from "../schema";
import { placesIn } from "./places";
import type { ValidationPod } from "./validation-pod";
import { validationFingerprint } from "./validation-fingerprint";
import { validationProvider } from "./validation-provider";

/**
 * All validations of a stack. No workload changes before all validations have passed: if the agent's configuration is
 * refused, the gateway must not roll.
 */
export class Validations {
  private readonly made: pulumi.Resource[] = [];
  private complete: (all: pulumi.Resource[]) => void = () => undefined;
  /** Resolves to all validations after `close`. */
  readonly all = new Promise<pulumi.Resource[]>((resolve) => (this.complete = resolve));

  add(validation: pulumi.Resource): void {
    this.made.push(validation);
  }

  /** Declares that all validations have been added. */
  close(): void {
    this.complete(this.made);
  }
}

/** The data that a workload needs to have its configuration validated in the cluster. */
export interface ValidationPlan {
  readonly validations: Validations;
  readonly settings: ValidationSettings;
  /** The user's pipelines, for the places in messages. */
  readonly pipelines: readonly PipelineModel[];
  readonly cluster: ClusterAccess;
}

export interface ConfigValidationArgs {
  plan: ValidationPlan;
  /** Name of the workload. */
  workload: string;
  image: string;
  /** The collector's configuration, as YAML, and the name of its file. */
  configuration: string;
  file: string;
  pod: ValidationPod;
}

/**
 * Validates a workload's configuration in the cluster, with the collector that will run with it. It validates again
 * when the configuration, the image, the credentials or anything else of the pods changes. If the configuration is
 * refused, resources that depend on this one do not change.
 */
export class ConfigValidation extends pulumi.dynamic.Resource {
  /** Time of the last validation, in ISO 8601. */
  declare readonly validatedAt: pulumi.Output<string>;
  /** Missing in a state of an earlier version. */
  declare readonly warning: pulumi.Output<string | undefined>;

  constructor(name: string, args: ConfigValidationArgs, opts?: pulumi.CustomResourceOptions) {
    const { settings, pipelines, cluster } = args.plan;
    super(
      validationProvider,
      name,
      {
        validated: undefined,
        validatedAt: undefined,
        warning: undefined,
        access: accessAsInput(cluster),
        workload: args.workload,
        pod: args.pod,
        configuration: args.configuration,
        file: args.file,
        places: placesIn(args.configuration, pipelines),
        version: imageVersion(args.image),
        timeoutSeconds: settings.timeoutSeconds,
        fingerprint: (pulumi.output(args.pod) as pulumi.Output<unknown>).apply((pod) =>
          validationFingerprint(args.configuration, pod),
        ),
      },
      opts,
      "telemetry",
      "ConfigValidation",
    );
    if (pulumi.runtime.isDryRun()) return;
    this.warning.apply((warning) => {
      if (warning) void pulumi.log.warn(warning, this);
    });
  }
}
