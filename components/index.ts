/** The exports of the package for other programs, see docs/library.md. */
export { Telemetry, type TelemetryArgs } from "./telemetry";
export type { ClusterAccess } from "./cluster-access";
// eslint-disable-next-line no-restricted-imports -- these are exactly the types that programs write
export type * from "./settings/args";
