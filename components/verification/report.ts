import { ThrottledError, type ClusterAccess } from "../cluster-access";
import { check } from "./check";
import { connect } from "./cluster";
import { pipelineStatuses, type PipelineStatus } from "./conditions";
import type { Watching } from "./samples";
import type { FlowTargets } from "./targets";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "check-flow": Job<CheckRequest, readonly PipelineStatus[]>;
  }
}

/** Everything that a check of the pipelines needs to know. */
export interface CheckRequest {
  readonly targets: FlowTargets;
  /** By the pipeline's id. */
  readonly certificates: Readonly<Record<string, readonly string[]>>;
  readonly cluster: ClusterAccess;
  readonly timeoutSeconds: number;
  readonly previous: readonly PipelineStatus[];
}

/** Share of the time limit in which requests are repeated that the API server rejects as too many. */
const retryShare = 0.8;

/** Returns the status of all pipelines. A cluster that does not answer also gives a status. */
export async function pipelineReport(request: CheckRequest, watching: Watching = {}): Promise<PipelineStatus[]> {
  const { targets, certificates, cluster, timeoutSeconds, previous } = request;
  const nothing = {
    workloads: [],
    verdicts: {},
    inputs: { targets: [], kubelets: [], annotated: [], nodes: [] },
    data: [],
    refusals: {},
  };
  // The rest of the time is for the answer to the last retry.
  const until = Date.now() + timeoutSeconds * 1000 * retryShare;
  const found = await look(() => check(connect(cluster, until), targets, { timeoutSeconds, ...watching })).catch(
    (error: unknown) => ({ ...nothing, throttled: error instanceof ThrottledError }),
  );
  return pipelineStatuses(targets, { ...found, certificates }, previous, new Date());
}

/** Turns an error that is thrown at once, such as for a kubeconfig without a cluster, into a rejected promise. */
async function look<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
