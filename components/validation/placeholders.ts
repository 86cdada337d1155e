import { credentialsFolder } from "../contract";
import { credentialFiles } from "../credentials";
import type { Pipeline } from "../settings";

/**
 * Files of the same form as those of the merged Secret, by their path in the pod, with nothing of any credential in
 * them: whether the collector takes a configuration depends on the form only.
 */
export function placeholderFiles(pipelines: readonly Pipeline[]): Record<string, string> {
  return Object.fromEntries(
    credentialFiles(pipelines).map(({ key, values, content }) => [
      `${credentialsFolder}/${key}`,
      content(values.map(({ row }) => (row.kind === "address" ? "https://placeholder.invalid:4317" : "placeholder"))),
    ]),
  );
}
