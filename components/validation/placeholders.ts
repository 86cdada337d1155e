import { credentialsFolder } from "../contract";
import { credentialFiles } from "../credentials";
import { monitorPlaceholder, type Monitors } from "../monitors";
import type { Pipeline } from "../settings";

/**
 * Returns stand-ins for the files of the merged Secret, by their path in the pod. They have the same form and hold no
 * credentials: the collector's verdict on a configuration depends only on the form.
 */
export function placeholderFiles(
  pipelines: readonly Pipeline[],
  { forms }: Pick<Monitors, "forms"> = { forms: {} },
): Record<string, string> {
  const ofMonitors = Object.entries(forms).map(([key, form]) => [
    `${credentialsFolder}/${key}`,
    monitorPlaceholder(form),
  ]);
  return Object.fromEntries([
    ...credentialFiles(pipelines).map(({ key, values, content }) => [
      `${credentialsFolder}/${key}`,
      content(values.map(({ row }) => (row.kind === "address" ? "https://placeholder.invalid:4317" : "placeholder"))),
    ]),
    ...ofMonitors,
  ]) as Record<string, string>;
}
