/** What other programs import from the package: see docs/library.md. */
export { Telemetry, type TelemetryArgs } from "./telemetry";
export type { ClusterAccess } from "./cluster-access";
// eslint-disable-next-line no-restricted-imports -- these are the types that programs write, and no others
export type * from "./settings/args";
