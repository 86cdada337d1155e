import type { PipelineStatus } from "../../components/flow/conditions";
import type { CheckRequest } from "../../components/flow/main";
import type { FlowTargets } from "../../components/flow/targets";

/** Seconds that somebody waits at a terminal at most. */
const timeoutSeconds = 60;

/** What to look at. Only an update sees certificates, so what the last one said of them holds. */
export function statusRequest(
  targets: FlowTargets,
  previous: readonly PipelineStatus[],
  kubeconfig: string,
): CheckRequest {
  const certificates = previous.flatMap(({ pipeline, conditions }) =>
    conditions
      .filter(({ reason }) => reason === "TLSCertificateAboutToExpire")
      .map(({ message }): [string, string[]] => [pipeline, [message]]),
  );
  return {
    targets,
    certificates: Object.fromEntries(certificates),
    cluster: { kubeconfig },
    timeoutSeconds,
    previous,
  };
}
