import type { ClusterAccess } from "../outside";
import type { PipelineStatus } from "./conditions";
import type { CheckRequest } from "./report";
import type { FlowTargets } from "./targets";

/** Seconds that somebody waits at a terminal at most. */
const timeoutSeconds = 60;

/** A look without an update. Only an update sees certificates, so what the last one said of them holds. */
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
