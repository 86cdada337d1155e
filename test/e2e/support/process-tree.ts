import { readdirSync, readFileSync } from "node:fs";

/** Kills a process with all its descendants. The engine puts its plugins into separate groups. */
export function killAll(pid: number): void {
  const tree = descendants(pid);
  for (const id of [pid, ...tree]) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      // The process ended together with its parent.
    }
  }
}

function descendants(pid: number): number[] {
  const children = readdirSync("/proc").filter((id) => /^\d+$/.test(id) && parentOf(id) === pid);
  return children.flatMap((id) => [Number(id), ...descendants(Number(id))]);
}

function parentOf(id: string): number | undefined {
  try {
    const [, status = ""] = /.*\) (.*)/.exec(readFileSync(`/proc/${id}/stat`, "utf8")) ?? [];
    return Number(status.split(" ")[1]);
  } catch {
    return undefined;
  }
}
