import { createHash } from "node:crypto";
import stringify from "safe-stable-stringify";

/** Changes with everything that a verdict depends on. The order of a pod's fields does not count. */
export function validationFingerprint(configuration: string, pod: unknown): string {
  return createHash("sha256")
    .update(stringify([configuration, pod]))
    .digest("hex");
}
