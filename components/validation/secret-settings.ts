import * as pulumi from "@pulumi/pulumi";

/** The SDK exports this function without its type. */
const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (key: string) => boolean };

/**
 * Returns whether a place is in a setting with a text that was set with `--secret`. The engine marks whole settings, such
 * as `telemetry:metricPipelines`, so any text of the setting may be the secret one.
 */
export function isInSecretSetting(path: string): boolean {
  return isConfigSecret(`telemetry:${/^\w*/.exec(path)?.[0] ?? ""}`);
}
