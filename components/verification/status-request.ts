import type { ClusterAccess } from "../cluster-access";
import type { PipelineStatus } from "./conditions";
import type { CheckRequest } from "./report";
import type { FlowTargets } from "./targets";

/** Time limit in seconds, because somebody waits at a terminal. */
const timeoutSeconds = 60;

/** Requests a check without an update. Only an update reads certificates, so the last update's warnings still apply. */
export function statusRequest(
  targets: FlowTargets,
  previous: readonly PipelineStatus[],
  cluster: ClusterAccess,
): CheckRequest {
  const certificates = previous.flatMap(({ pipeline, conditions }) =>
    conditions
      .filter(({ reason }) => reason === "TLSCertificateAboutToExpire")
      .map(({ message }): [string, string[]] => [pipeline, [message]]),
  );
  return { targets, certificates: Object.fromEntries(certificates), cluster, timeoutSeconds, previous };
}
