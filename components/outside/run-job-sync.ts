import { spawnSync } from "node:child_process";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { outputOf } from "./answer";
import type { JobName, Jobs, Request } from "./jobs";

/**
 * Runs a job and blocks until it ends, for constructors: which objects a component makes depends on the answer, and a
 * constructor cannot wait. Input and output go through pipes, because arguments and environment are visible to others.
 */
export function runJobSync<J extends JobName>(job: J, input: Jobs[J]["input"], seconds: number): Jobs[J]["output"] {
  const request: Request<J> = { job, input, endAfter: seconds };
  const { status, stdout, stderr, error } = spawnSync(process.execPath, programBesideThis(), {
    input: `${JSON.stringify(request)}\n`,
    encoding: "utf8",
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 1024 * 1024,
  });
  const isLate = error !== undefined && "code" in error && error.code === "ETIMEDOUT";
  if (error && !isLate) throw error;
  return outputOf({ code: status, stdout, stderr, late: isLate ? seconds : undefined }) as Jobs[J]["output"];
}

/** Finds `components/program.ts` and returns Node's arguments for it; `programOfProject` states why these. */
function programBesideThis(): string[] {
  const extension = extname(__filename);
  const program = join(__dirname, `../program${extension}`);
  if (extension !== ".ts") return [program];
  const [client, tsx] = [require.resolve("@kubernetes/client-node"), pathToFileURL(require.resolve("tsx")).href];
  return ["--require", client, "--import", tsx, program];
}
