import type { PodData } from "../../../components/verification/data-evidence";

/** A gateway's pod that has counted nothing, apart from the changes. */
export const idlePod = (change: Partial<PodData> = {}): PodData => ({
  uptime: 1,
  collector: "gateway",
  kind: "gateway",
  pushed: {},
  lookUps: {},
  recentLookUps: {},
  processors: {},
  grpcOnHttp: 0,
  unknownPath: 0,
  failed: {},
  ...change,
});
