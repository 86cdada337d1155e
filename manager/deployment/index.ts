/** The manager as a workload of a cluster: the stack that deploys it, and its settings. */
export { managerConfiguration, managerSettingsSchema } from "./deployment-settings";
export { TelemetryManager } from "./telemetry-manager";
