import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, join } from "node:path";

/** An expected failure, with the problem and its remedy as the message. */
export class Failure extends Error {}

/** The error of a task that the user has ended. */
export class Interrupted extends Error {
  constructor(readonly code: number) {
    super("interrupted");
  }
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** `capture` (the default) collects the output, `show` gives the program the terminal. */
  readonly output?: "capture" | "show";
  /** Its standard input, with `capture`. */
  readonly input?: string;
  /** Called with each line as soon as it is printed, with `capture`. */
  readonly onLine?: (line: string) => void;
}

export interface Ran {
  readonly code: number;
  /** Standard output and standard error, in the order in which they arrived. */
  readonly output: string;
  /** Standard output alone. */
  readonly stdout: string;
  readonly seconds: number;
}

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const running = new Map<ChildProcess, "capture" | "show">();
let interruptedBy: keyof typeof exitCodes | undefined;

/** Ends the background programs with all their children. The terminal itself sends Ctrl-C to the program that has it. */
function interrupt(signal: keyof typeof exitCodes): void {
  const again = interruptedBy !== undefined;
  interruptedBy ??= signal;
  if (running.size === 0) process.exit(exitCodes[interruptedBy]);
  for (const [child, output] of running) {
    if (child.pid === undefined) continue;
    if (output === "capture") signalGroup(child.pid, again ? "SIGKILL" : "SIGTERM");
    else if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended in the meantime.
  }
}

/** Ends all background programs, after another part has failed. */
export function endBackground(): void {
  for (const [child, output] of running) {
    if (output === "capture" && child.pid !== undefined) signalGroup(child.pid, "SIGTERM");
  }
}

function watchSignals(): void {
  for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    if (process.listeners(signal).length === 0) process.on(signal, () => interrupt(signal));
  }
}

/** Cleans up. Programs can run again even if the user has ended the task; a further signal ends the cleanup, too. */
export async function cleanUp(work: () => Promise<void>): Promise<void> {
  const before = interruptedBy;
  interruptedBy = undefined;
  try {
    await work();
  } finally {
    interruptedBy ??= before;
  }
}

/** Runs a program to its end. Rejects if the program cannot start or the user interrupts, but not for its exit code. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  watchSignals();
  if (interruptedBy) return Promise.reject(new Interrupted(exitCodes[interruptedBy]));
  const output = options.output ?? "capture";
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: output === "show" ? "inherit" : ["pipe", "pipe", "pipe"],
    // Its own process group, so that one signal ends all its children.
    detached: output === "capture",
  });
  running.set(child, output);
  child.stdin?.on("error", () => undefined).end(options.input ?? "");
  const all: string[] = [];
  const stdout: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      all.push(text);
      if (stream === child.stdout) stdout.push(text);
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach((line) => options.onLine?.(line));
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      running.delete(child);
      reject(new Failure(`${command} cannot be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      if (interruptedBy) return reject(new Interrupted(exitCodes[interruptedBy]));
      const seconds = (performance.now() - started) / 1000;
      if (signal) all.push(`\n${command} was ended by ${signal}\n`);
      resolve({ code: code ?? 1, output: all.join(""), stdout: stdout.join(""), seconds });
    });
  });
}

/** Runs a program that must succeed. The failure shows the last lines of its output. */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await run(command, args, options);
  if (ran.code === 0) return ran;
  const ended = `ended with code ${ran.code}`;
  if (options.output === "show") throw new Failure(`${basename(command)} ${args[0] ?? ""} ${ended}; see above.`);
  throw new Failure(`${[command, ...args].join(" ")} ${ended}.\n${lastLines(ran.output, 20)}`);
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/** Finds a program in the folders of `path`, without the folder `except`. */
export function findOnPath(program: string, path = process.env.PATH ?? "", except?: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "" && folder !== except)
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
