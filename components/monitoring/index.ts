export { Monitoring } from "./monitoring";
export type { ApiKindsRequest } from "./read-kinds";
export type { WatchedCollector } from "./promql";
