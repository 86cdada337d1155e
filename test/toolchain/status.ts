import { parseArgs } from "node:util";
import type { PipelineStatus } from "../../components/flow/conditions";
import type { CheckRequest } from "../../components/flow/main";
import type { FlowTargets } from "../../components/flow/targets";
import { Failure } from "./process";

/** Seconds that somebody waits at a terminal at most. */
const timeoutSeconds = 60;

export interface StatusArguments {
  readonly stack: string;
  /** File that a page is written to, if one is wanted. */
  readonly html?: string;
}

const usage = "npm run status -- [--stack NAME] [--html FILE]";

export function statusArguments(args: readonly string[]): StatusArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { stack: { type: "string", short: "s", default: "dev" }, html: { type: "string" } },
    });
    if (values.html === "") throw new Error("--html names the file to write to");
    return values;
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${usage}`);
  }
}

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
