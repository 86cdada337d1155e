import type { Answer } from "./jobs";

/** How the program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The time limit in seconds, if the program was ended because of it. */
  readonly late?: number;
}

/**
 * Returns the output of a job, and throws the error that the job reported. A program that ended without an answer has
 * only its standard error, where Node writes a stack: the line that names the error is enough.
 */
export function outputOf({ code, stdout, stderr, late }: ProgramEnd): unknown {
  if (late !== undefined) throw new Error(`it took more than ${late} s`);
  if (code !== 0) {
    const line = stderr.split("\n").find((text) => text.includes("rror")) ?? stderr.trim();
    throw new Error(line || `the program ended with exit code ${code} and no message`);
  }
  const answer = JSON.parse(stdout) as Answer;
  if ("error" in answer) throw new Error(answer.error);
  return answer.output;
}
