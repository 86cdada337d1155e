import type * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";
import { runJob } from "../outside/run-job";
import type { CheckRequest, FlowTargets, PipelineStatus } from "../verification";

/*
 * The engine stores the functions of this file as text and runs them without the program. So they only compare texts
 * and start the check, which is a separate program: an update always runs the current check.
 */

export interface FlowInputs {
  readonly targets: FlowTargets;
  /** Warnings about certificates as canonical JSON: lists of texts, by the pipeline's id. */
  readonly certificates: string;
  /** Access to the cluster. A kubeconfig in it is secret. */
  readonly cluster: ClusterAccess;
  readonly mode: "always" | "onChange";
  readonly timeoutSeconds: number;
  readonly onUnhealthy: "warn" | "fail";
  /** Changes whenever the proof must run again, see `flowRevision`. */
  readonly revision: string;
  /** Different in each update; empty in each preview, which can't know whether there will be an update. */
  readonly nonce: string;
}

/** The stored state: all inputs, and the verified status. */
export interface FlowState extends FlowInputs {
  readonly pipelines: readonly PipelineStatus[];
}

/** Seconds that the check's process may take longer than the check's own time limit. */
const grace = 20;

/** The provider has no `delete`, so a stack can be destroyed while the cluster does not answer. */
export const flowProvider: pulumi.dynamic.ResourceProvider<FlowInputs, FlowState> = {
  diff: (_id, olds, news) => Promise.resolve({ changes: mustRun(olds, news) }),
  async create(inputs) {
    const outs = await verify(inputs, []);
    await judge("flow", outs);
    return { id: "flow", outs };
  },
  async update(id, olds, news) {
    const outs = await verify(news, olds.pipelines);
    await judge(id, outs);
    return { outs };
  },
  async read(id, props) {
    // A refresh that never ran a check has nothing to compare.
    if (props?.targets === undefined) return { id, props };
    return { id, props: await verify(props, props.pipelines) };
  },
};

/** Decides whether an update has something to prove. In a preview, an unknown revision differs from every other. */
export function mustRun(olds: FlowState, news: FlowInputs): boolean {
  if (olds.revision !== news.revision) return true;
  // Without an update, the engine keeps the old text of these functions, also for a refresh.
  if (providerText(olds) !== providerText(news)) return true;
  if (news.nonce === "" || news.nonce === olds.nonce) return false;
  // A preview should not show a certificate that will soon expire as a change.
  if (olds.certificates !== news.certificates) return true;
  return news.mode === "always" || !(olds.pipelines ?? []).every(({ healthy }) => healthy);
}

function providerText(props: object): unknown {
  return (props as Record<string, unknown>).__provider;
}

async function verify(inputs: FlowInputs, previous: readonly PipelineStatus[] = []): Promise<FlowState> {
  const { targets, cluster, timeoutSeconds } = inputs;
  const certificates = JSON.parse(inputs.certificates) as CheckRequest["certificates"];
  const request = { targets, certificates, cluster, timeoutSeconds, previous };
  try {
    return { ...inputs, pipelines: await runJob("check-flow", request, timeoutSeconds + grace) };
  } catch (error) {
    throw new Error(`cannot check whether backends accept data: ${(error as Error).message}`);
  }
}

/** Deployed but not proven: the resource stays in the state, the update fails, and the next one checks again. */
function judge(id: string, state: FlowState): Promise<void> {
  const problems = state.pipelines.flatMap(({ pipeline, conditions }) =>
    conditions
      .filter(({ status }) => status === "False")
      .map(({ type, reason, message }) => `${pipeline}: ${type} is False (${reason}). ${message}`),
  );
  if (state.onUnhealthy === "warn" || problems.length === 0) return Promise.resolve();
  const now =
    "The new configuration runs on all ready nodes and keeps serving, so the healthy pipelines work. " +
    "To go back, restore the stack's previous configuration, for example from git, and run pulumi up; " +
    "npm run up -- --go-back and the manager do that automatically.";
  const message = [`${problems.length} unhealthy:`, ...problems, now].join("\n");
  return Promise.reject(Object.assign(new Error(message), { id, properties: state, reasons: [message] }));
}
