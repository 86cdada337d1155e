import { credentialsFolder } from "../contract";
import { credentialFiles } from "../credentials";
import { monitorPlaceholder, type Monitors } from "../monitors";
import type { Pipeline, TargetToken } from "../settings";

/**
 * Returns stand-ins for the files of the merged Secret, by their path in the pod. They have the same form and hold no
 * credentials: the collector's verdict on a configuration depends only on the form.
 */
export function placeholderFiles(
  pipelines: readonly Pipeline[],
  { forms }: Pick<Monitors, "forms"> = { forms: {} },
  tokens: readonly TargetToken[] = [],
): Record<string, string> {
  const ofMonitors = Object.entries(forms).map(([key, form]) => [
    `${credentialsFolder}/${key}`,
    monitorPlaceholder(form),
  ]);
  return Object.fromEntries([
    ...credentialFiles(pipelines, tokens).map(({ key, values, content }) => [
      `${credentialsFolder}/${key}`,
      content(values.map(({ isAddress }) => (isAddress ? "https://placeholder.invalid:4317" : "placeholder"))),
    ]),
    ...ofMonitors,
  ]) as Record<string, string>;
}
