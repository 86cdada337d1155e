import { spawn } from "node:child_process";
import { outputOf, type ProgramEnd } from "./answer";
import { programOfProject } from "./find-program";
import type { JobName, Jobs, Request } from "./jobs";

/**
 * Runs a job in a process of its own, for dynamic providers. The engine stores this file and the functions that it calls
 * as text, so it imports only types and Node's own modules. The process ends with the one that called.
 */
export async function runJob<J extends JobName>(
  job: J,
  input: Jobs[J]["input"],
  seconds: number,
): Promise<Jobs[J]["output"]> {
  const request: Request<J> = { job, input };
  return outputOf(await runProgram(JSON.stringify(request), seconds)) as Jobs[J]["output"];
}

function runProgram(request: string, seconds: number): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, programOfProject(), { stdio: ["pipe", "pipe", "pipe"] });
    let late: number | undefined;
    const timer = setTimeout(() => {
      late = seconds;
      child.kill("SIGKILL");
    }, seconds * 1000);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // A program that ended early is reported by its end.
    child.stdin.on("error", () => undefined);
    // The input stays open: the program ends when it closes.
    child.stdin.write(`${request}\n`);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, late });
    });
  });
}
