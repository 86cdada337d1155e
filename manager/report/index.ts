/** Publishes results of the manager: events, the status of pipeline objects, metrics, and a server for them. */
export { changedConditions } from "./condition-changes";
export { Events } from "./events";
export { Metrics } from "./manager-metrics";
export { ObjectStatus, objectConditions } from "./object-status";
export { serve } from "./server";
