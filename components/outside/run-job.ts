import { spawn } from "node:child_process";
import { outputOf } from "./answer";
import { programOfProject } from "./find-program";
import type { JobName, Jobs, Request } from "./jobs";

/**
 * Runs a job in a process of its own, for dynamic providers. The engine stores this function and the functions it calls
 * as text, so they import only types and Node's own modules. The process ends with the one that called.
 */
export function runJob<J extends JobName>(
  job: J,
  input: Jobs[J]["input"],
  seconds: number,
): Promise<Jobs[J]["output"]> {
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
    const request: Request<J> = { job, input };
    child.stdin.write(`${JSON.stringify(request)}\n`);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      try {
        resolve(outputOf({ code, stdout, stderr, late }) as Jobs[J]["output"]);
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}
