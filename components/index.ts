/** What other programs import from the package: see docs/library.md. */
export { Telemetry, type TelemetryArgs } from "./telemetry";
export type { ClusterAccess } from "./outside";
export type * from "./settings/args";
