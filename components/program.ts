// Runs one job in its own process: one request on standard input, one answer on standard output.
import { createInterface } from "node:readline";
import { apiMessage } from "./cluster-access";
import type { Answer, JobName, Jobs, Request } from "./outside/jobs";

type Handler<J extends JobName> = (input: Jobs[J]["input"]) => Promise<Jobs[J]["output"]>;

/** Loads the code of each job. Only the requested job is loaded, so that no job waits for the code of another. */
const handlers: { readonly [J in JobName]: () => Promise<Handler<J>> } = {
  "read-secrets": async () => (await import("./credentials/read-secrets")).readSecrets,
  "cluster-facts": async () => (await import("./cluster-facts/read-facts")).readClusterFacts,
  "read-monitors": async () => (await import("./monitors/read-monitors")).readMonitors,
  validate: async () => (await import("./validation/validate-in-cluster")).validateInCluster,
  "await-rollout": async () => (await import("./verification/await-rollout")).awaitRollout,
  "check-flow": async () => (await import("./verification/report")).pipelineReport,
};

/** Returns nothing for a line that is not a request. The parser's message is dropped: it quotes the line. */
function parse(line: string): Request | undefined {
  try {
    return JSON.parse(line) as Request;
  } catch {
    return undefined;
  }
}

async function answer<J extends JobName>({ job, input }: Request<J>): Promise<Answer> {
  if (!Object.hasOwn(handlers, job)) return { error: `there is no job ${job}` };
  try {
    const handle = await handlers[job]();
    return { output: await handle(input) };
  } catch (error) {
    return { error: apiMessage(error) };
  }
}

function write(text: Answer): void {
  process.stdout.write(JSON.stringify(text), () => process.exit(0));
}

const lines = createInterface({ input: process.stdin });
const end = (): void => process.exit(1);
// Standard input is closed: the caller has ended and does not read the answer.
lines.on("close", end);
lines.once("line", (line) => {
  const request = parse(line);
  if (request === undefined) return write({ error: "the request is not one line of JSON" });
  if (request.endAfter !== undefined) {
    lines.off("close", end);
    setTimeout(end, request.endAfter * 1000);
  }
  void answer(request).then(write);
});
