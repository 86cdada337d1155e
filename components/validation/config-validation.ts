import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";
import { accessAsInput } from "../outside";
import type { PipelineModel } from "../collector";
import type { ValidationSettings } from "../settings";
import { imageVersion } from "./image-version";
import { placesIn } from "./places";
import type { ValidationPod } from "./validation-pod";
import { validationFingerprint } from "./validation-fingerprint";
import { validationProvider } from "./validation-provider";

/**
 * All validations of a stack. Nothing of any workload changes before every one of them has passed: a stack whose agent
 * is refused must not roll its gateway.
 */
export class Validations {
  private readonly made: pulumi.Resource[] = [];
  private complete: (all: pulumi.Resource[]) => void = () => undefined;
  /** Known when no more are to come. */
  readonly all = new Promise<pulumi.Resource[]>((resolve) => (this.complete = resolve));

  add(validation: pulumi.Resource): void {
    this.made.push(validation);
  }

  /** No more are to come. */
  close(): void {
    this.complete(this.made);
  }
}

/** What a workload has to know to have its configuration validated in the cluster. */
export interface ValidationPlan {
  readonly validations: Validations;
  readonly settings: ValidationSettings;
  /** Where messages find what the user wrote. */
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
 * The configuration of a workload, validated in the cluster by the collector that will run with it, whenever it, the
 * image, the credentials or anything else of the pods changes. What depends on it is not touched when it is refused.
 */
export class ConfigValidation extends pulumi.dynamic.Resource {
  /** When it was validated last, in ISO 8601. */
  declare readonly validatedAt: pulumi.Output<string>;

  constructor(name: string, args: ConfigValidationArgs, opts?: pulumi.CustomResourceOptions) {
    const { settings, pipelines, cluster } = args.plan;
    super(
      validationProvider,
      name,
      {
        validated: undefined,
        validatedAt: undefined,
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
  }
}
