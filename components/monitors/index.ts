/** Turns ServiceMonitors and PodMonitors of the Prometheus Operator into scrape jobs of the agents. */
export { placeholder as monitorPlaceholder } from "./monitor-secrets";
export { planMonitors, type Monitors, type RefusedJobs } from "./monitors";
export { monitorReader } from "./read-for-update";
export { mayWantMonitor } from "./select-monitors";
