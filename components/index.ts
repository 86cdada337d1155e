/** What other programs import from the package: see docs/library.md. */
export { Telemetry, type TelemetryArgs } from "./telemetry";
export type { ClusterAccess } from "./credentials/resolve";
export type * from "./settings/args";
