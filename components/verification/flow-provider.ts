import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../outside";
import type { PipelineStatus } from "./conditions";
import type { CheckRequest } from "./report";
import type { FlowTargets } from "./targets";

/**
 * The engine stores this file's functions as text and runs them without the program. So nothing but types and Node's own
 * modules is imported here, and the check itself is a program of its own: it is always today's code that runs, in a
 * process that ends with its time.
 */

export interface FlowInputs {
  readonly targets: FlowTargets;
  /** Warnings about certificates, by the pipeline's id. */
  readonly certificates: Readonly<Record<string, readonly string[]>>;
  /** A kubeconfig in it is secret. */
  readonly cluster: ClusterAccess;
  readonly mode: "always" | "onChange";
  readonly timeoutSeconds: number;
  readonly onUnhealthy: "warn" | "fail";
  /** Changes with everything that decides whether data flows. */
  readonly revision: string;
  /** Different in each update; empty in each preview, which can't know whether there will be an update. */
  readonly nonce: string;
}

/** What is stored: all inputs, and what was found. */
export interface FlowState extends FlowInputs {
  readonly pipelines: readonly PipelineStatus[];
}

/** Seconds on top of the check's own time limit until its process is ended. */
const grace = 20;

/** Without `delete`: to end a stack nothing has to answer. */
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

/** Whether an update has something to prove. What is not known yet, in a preview, differs from everything. */
export function mustRun(olds: FlowState, news: FlowInputs): boolean {
  const what = ({ targets, mode, timeoutSeconds, onUnhealthy, revision }: FlowInputs): string =>
    JSON.stringify([inAnyOrder(targets), mode, timeoutSeconds, onUnhealthy, revision], sorted);
  if (what(olds) !== what(news)) return true;
  // The engine goes on using the stored text of these functions otherwise.
  if (providerText(olds) !== providerText(news)) return true;
  if (news.nonce === "" || news.nonce === olds.nonce) return false;
  // That a certificate came close to its end is no change that a preview should show.
  if (JSON.stringify(olds.certificates, sorted) !== JSON.stringify(news.certificates, sorted)) return true;
  return news.mode === "always" || !(olds.pipelines ?? []).every(({ healthy }) => healthy);
}

/** The same pipelines in another order are the same; where they stand is for messages only. */
function inAnyOrder(targets: FlowTargets): unknown {
  // What is not known yet in a preview is a text.
  if (typeof targets !== "object" || !Array.isArray(targets.pipelines)) return targets;
  const pipelines = targets.pipelines
    .map((pipeline) => JSON.stringify({ ...pipeline, path: "" }, sorted))
    .sort((a, b) => (a < b ? -1 : 1));
  return { ...targets, pipelines };
}

/** The engine does not keep the order of keys. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function providerText(props: object): unknown {
  return (props as Record<string, unknown>).__provider;
}

async function verify(inputs: FlowInputs, previous: readonly PipelineStatus[] = []): Promise<FlowState> {
  const { targets, certificates, cluster, timeoutSeconds } = inputs;
  const request: CheckRequest = { targets, certificates, cluster, timeoutSeconds, previous };
  const pipelines = JSON.parse(await runCheck(JSON.stringify(request), timeoutSeconds + grace)) as PipelineStatus[];
  return { ...inputs, pipelines };
}

/** In a checkout the check is TypeScript; beside a program that imports the package, it is in that, compiled. */
function checkProgram(): string[] {
  const source = "components/verification/report.ts";
  if (existsSync(source)) return ["--import", "tsx", source];
  const index = createRequire(`${process.cwd()}/index.js`).resolve("telemetry-pipelines");
  return [index.replace(/index\.js$/, "verification/report.js")];
}

/** Runs the check in the project's folder. It ends when its standard input does, so it never outlives an update. */
function runCheck(request: string, seconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, checkProgram(), {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    let answer = "";
    let problem = "";
    child.stdout.on("data", (text: Buffer) => (answer += text.toString()));
    child.stderr.on("data", (text: Buffer) => (problem += text.toString()));
    child.stdin.on("error", () => undefined);
    child.stdin.write(`${request}\n`);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(answer);
      const why =
        signal === "SIGKILL"
          ? `it took more than ${seconds} s`
          : (problem.split("\n").find((line) => line.includes("rror")) ?? problem);
      reject(new Error(`whether backends take data could not be checked: ${why}`));
    });
  });
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
    "The new configuration runs on all ready nodes and goes on serving, the healthy pipelines included. " +
    "To go back, restore the stack's configuration of before, for example from git, and run pulumi up; " +
    "npm run up -- --go-back and the manager do that by themselves.";
  const message = [`${problems.length} unhealthy:`, ...problems, now].join("\n");
  return Promise.reject(Object.assign(new Error(message), { id, properties: state, reasons: [message] }));
}
