import { execFileSync } from "node:child_process";

/**
 * What a script finds out in the cluster, at once: which objects there are depends on it, and a component's constructor
 * cannot wait. Request and answer are JSON and come through a pipe, never through arguments or the environment. Throws
 * if the script fails, with what it said in `stderr`, or takes too long.
 */
export function askCluster(script: string, request: object, milliseconds: number): unknown {
  const answer = execFileSync(process.execPath, [script], {
    input: JSON.stringify(request),
    encoding: "utf8",
    timeout: milliseconds,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["pipe", "pipe", "pipe"],
  });
  return JSON.parse(answer);
}
