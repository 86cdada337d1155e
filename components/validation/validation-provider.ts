import type { dynamic } from "@pulumi/pulumi";
import { runJob } from "../outside/run-job";
import type { ValidationRequest } from "./validate-in-cluster";

/*
 * The engine stores the functions of this file as text and runs them without the program. So they only compare texts
 * and start the validation, which is a program of its own.
 */

export interface ValidationInputs extends ValidationRequest {
  /** Changes with everything that a verdict depends on, see `validationFingerprint`. */
  readonly fingerprint: string;
}

export interface ValidationOutputs {
  /** The fingerprint of the inputs that were validated. */
  readonly validated: string;
  /** Time of the validation in ISO 8601: each validation has its own, also if the inputs are the same. */
  readonly validatedAt: string;
  /** A warning that holds as long as the pods stay as they are; empty if there is none. */
  readonly warning: string;
}

/** Seconds that the process may take longer than the validation: it removes its pod, and retries if that fails. */
const grace = 120;

/**
 * Validates before the workload is touched. A refused configuration is an error that leaves the state as it was, so the
 * next update validates again. There is nothing to read and nothing to delete: refreshing and destroying need no
 * cluster, and never run code of an older version.
 */
export const validationProvider: dynamic.ResourceProvider<ValidationInputs, ValidationOutputs> = {
  // The code itself is left out, and so is the way to the cluster: a change of these needs no validation. The state of a
  // version that stored no time gets a time: a preview treats an output that the state lacks as unknown.
  diff(_id, olds, news) {
    return Promise.resolve({ changes: olds.validated !== news.fingerprint || !olds.validatedAt });
  },
  async create(inputs) {
    return { id: inputs.workload, outs: await validate(inputs) };
  },
  async update(_id, _olds, news) {
    return { outs: await validate(news) };
  },
};

async function validate(inputs: ValidationInputs): Promise<ValidationOutputs> {
  const { access, workload, pod, configuration, file, places, version, timeoutSeconds } = inputs;
  const request = { access, workload, pod, configuration, file, places, version, timeoutSeconds };
  const { failure, warning = "" } = await runJob("validate", request, timeoutSeconds + grace).catch((error: Error) => ({
    failure: `The configuration of ${workload} could not be validated: ${error.message}. No pod of ${workload} was changed.`,
    warning: undefined,
  }));
  // Without a stack: the place in this code helps nobody.
  if (failure !== undefined) throw Object.assign(new Error(failure), { stack: failure });
  return { validated: inputs.fingerprint, validatedAt: new Date().toISOString(), warning };
}
