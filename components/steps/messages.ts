import * as pulumi from "@pulumi/pulumi";
import { PipelineConfigError } from "../config-error";
import type { Finding } from "../schema";

/** Makes a function that shows a warning at a component. */
export function warnAt(component: pulumi.Resource): (message: string) => void {
  return (message) => void pulumi.log.warn(message, component);
}

/** Ends the update with errors that users can fix, so they are reported without a stack trace. */
export function failWith(component: pulumi.Resource, findings: readonly Finding[]): void {
  if (findings.length > 0) throw new pulumi.ResourceError(new PipelineConfigError(findings).message, component, true);
}

/** Does some work, and reports the findings that it throws as `failWith` does. */
export function reportingFindings<T>(component: pulumi.Resource, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PipelineConfigError) throw new pulumi.ResourceError(error.message, component, true);
    throw error;
  }
}

/** The stack as annotations name it. */
export const thisStack = (): string => `${pulumi.getProject()}/${pulumi.getStack()}`;
