import { appendFileSync, readFileSync } from "node:fs";
import { findingsFileVariable } from "../contract";
import type { Finding } from "./findings";

/**
 * Appends findings to the file that the environment names, one line of JSON for each. Does nothing if it names none. An
 * error about the file is dropped: the findings must reach the user, who sees them as text.
 */
export function recordFindings(findings: readonly Finding[], env: NodeJS.ProcessEnv = process.env): void {
  const file = env[findingsFileVariable];
  if (!file) return;
  try {
    appendFileSync(file, findings.map((finding) => `${JSON.stringify(finding)}\n`).join(""), { mode: 0o600 });
  } catch {
    return;
  }
}

/** Reads the findings of a file, each once. Returns none if nothing was recorded. */
export function readFindings(file: string): Finding[] {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return [...new Set(lines)].filter((line) => line !== "").map((line) => JSON.parse(line) as Finding);
  } catch {
    return [];
  }
}
