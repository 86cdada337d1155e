/**
 * The one way to run code outside the Pulumi program. Dynamic providers import `run-job.ts` past this door, because the
 * engine would store everything behind the door together with their text.
 */
export { accessAsInput } from "./access-input";
export { DynamicProvider } from "./dynamic-provider";
export { runJobSync } from "./run-job-sync";
