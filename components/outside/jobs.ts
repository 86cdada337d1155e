import type { ReadSecretsRequest } from "../credentials/read-secrets";
import type { SecretReading } from "../credentials/source-secrets";
import type { ApiKindsRequest } from "../monitoring/read-kinds";
import type { ValidationAnswer, ValidationRequest } from "../validation/validate-in-cluster";
import type { PipelineStatus } from "../verification/conditions";
import type { CheckRequest } from "../verification/report";
import type { ClusterAccess } from "./cluster-access";

/** What runs outside the Pulumi program, by name. Both sides are plain data: they travel as JSON. */
export interface Jobs {
  /** Reads Secrets, in the order of the request. */
  readonly "read-secrets": { readonly input: ReadSecretsRequest; readonly output: readonly SecretReading[] };
  /** Lists the names of the API server's groups. */
  readonly "api-groups": { readonly input: ClusterAccess; readonly output: readonly string[] };
  /** Lists the kinds of one group and version. */
  readonly "api-kinds": { readonly input: ApiKindsRequest; readonly output: readonly string[] };
  /** Runs a collector in the cluster that judges a configuration. */
  readonly validate: { readonly input: ValidationRequest; readonly output: ValidationAnswer };
  /** Checks whether backends receive data. */
  readonly "check-flow": { readonly input: CheckRequest; readonly output: readonly PipelineStatus[] };
}

export type JobName = keyof Jobs;

/** The one line of JSON that the program reads from its standard input. */
export interface Request<J extends JobName = JobName> {
  readonly job: J;
  readonly input: Jobs[J]["input"];
  /**
   * Seconds after which the program ends by itself. If it is missing, the program ends when its standard input closes:
   * then it never outlives the process that started it.
   */
  readonly endAfter?: number;
}

/** The JSON that the program writes to its standard output. */
export type Answer = { readonly output: unknown } | { readonly error: string };
