import type * as pulumi from "@pulumi/pulumi";
import { runJob } from "../outside/run-job";
import type { RolloutRequest } from "../verification";

/*
 * The engine stores the functions of this file as text and runs them without the program. So they only compare texts
 * and start the wait, which is a separate program.
 */

export interface RolloutInputs extends RolloutRequest {
  /** Changes with each change of the workload. */
  readonly revision: string;
}

export interface RolloutState extends RolloutInputs {
  /** A warning about nodes that are not ready; empty if there is none. */
  readonly warning: string;
}

/** Most seconds of a wait, which ends long before unless pod after pod is replaced. */
const longest = 3600;

/** There is nothing to delete. A refresh reads nothing: the workload's own state shows what has changed. */
export const rolloutProvider: pulumi.dynamic.ResourceProvider<RolloutInputs, RolloutState> = {
  diff: (_id, olds, news) => Promise.resolve({ changes: olds.revision !== news.revision }),
  async create(inputs) {
    return { id: inputs.collector.name, outs: await wait(inputs.collector.name, inputs) };
  },
  async update(id, _olds, news) {
    return { outs: await wait(id, news) };
  },
};

/** A failed rollout stays in the state as such, so the next update waits again. */
async function wait(id: string, inputs: RolloutInputs): Promise<RolloutState> {
  const { access, namespace, collector } = inputs;
  const { failure, warning = "" } = await runJob("await-rollout", { access, namespace, collector }, longest).catch(
    (error: Error) => ({
      failure: `The rollout of ${collector.name} could not be followed: ${error.message}. Run pulumi up again.`,
      warning: undefined,
    }),
  );
  const outs = { ...inputs, warning };
  if (failure === undefined) return outs;
  throw Object.assign(new Error(failure), { stack: failure, id, properties: outs, reasons: [failure] });
}
