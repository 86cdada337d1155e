export { Monitoring } from "./monitoring";
export type { WatchedCollector } from "./promql";
