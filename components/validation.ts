import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "./credentials";
import type { Pipelines, ValidationSettings } from "./pipelines";
import { imageVersion } from "./validation/image";
import { placesIn } from "./validation/places";
import type { ValidationPod } from "./validation/pod";
import { validationProvider } from "./validation/provider";

export { validationPod } from "./validation/pod";

/** What a workload has to know to have its configuration validated in the cluster. */
export interface ValidationPlan {
  readonly settings: ValidationSettings;
  /** Where messages find what the user wrote. */
  readonly pipelines: Pipelines;
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
  constructor(name: string, args: ConfigValidationArgs, opts?: pulumi.CustomResourceOptions) {
    const { settings, pipelines, cluster } = args.plan;
    super(
      validationProvider,
      name,
      {
        validated: undefined,
        access: withoutPlainCredentials(cluster),
        workload: args.workload,
        pod: args.pod,
        configuration: args.configuration,
        file: args.file,
        places: placesIn(args.configuration, pipelines),
        version: imageVersion(args.image),
        timeoutSeconds: settings.timeoutSeconds,
      },
      opts,
      "telemetry",
      "ConfigValidation",
    );
  }
}

/** The content of a kubeconfig has credentials in it; its path has not. */
function withoutPlainCredentials({ kubeconfig, context }: ClusterAccess): pulumi.Inputs {
  return { kubeconfig: kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig), context };
}
