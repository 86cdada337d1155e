/** Turns ServiceMonitors and PodMonitors of the Prometheus Operator into scrape jobs of the agents. */
export { monitorKinds } from "./monitor-object";
export { placeholder as monitorPlaceholder } from "./monitor-secrets";
export { planMonitors, type Monitors } from "./monitors";
export { monitorReader } from "./read-for-update";
