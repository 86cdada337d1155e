import { join } from "node:path";
import { goEnvironment } from "../../lab";
import { root, run } from "../../lab/host";
import type { Outcome, Step } from "./steps";

/** The folders of modules with Go code of this project. */
const modules = ["lab/cluster", "lab/modules/pulumi"];

/** `go vet` and the Go tests of the cluster program and of the language host. */
export function goSteps(): Step[] {
  return modules.flatMap((module) => {
    const cwd = join(root, module);
    return [
      { name: `go vet in ${module}`, run: () => vet(cwd) },
      { name: `go test in ${module}`, run: () => test(cwd) },
    ];
  });
}

async function vet(cwd: string): Promise<Outcome> {
  const { code, output } = await run("go", ["vet", "./..."], { cwd, env: goEnvironment(false) });
  return code === 0 ? { passed: 1, failed: 0, output: "" } : { passed: 0, failed: 1, output };
}

async function test(cwd: string): Promise<Outcome> {
  const { code, stdout, output } = await run("go", ["test", "-json", "./..."], { cwd, env: goEnvironment(false) });
  return goTestOutcome(code, stdout, output);
}

interface Event {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
}

/** Counts the tests, not their subtests, in the events of `go test -json`. Keeps the output of packages that failed. */
export function goTestOutcome(code: number, stdout: string, output: string): Outcome {
  const events = stdout.split("\n").flatMap(parseEvent);
  const top = events.filter(({ Test }) => Test !== undefined && !Test.includes("/"));
  const passed = top.filter(({ Action }) => Action === "pass").length;
  const failedTests = top.filter(({ Action }) => Action === "fail");
  if (code === 0 && failedTests.length === 0) return { passed, failed: 0, output: "" };
  const failedPackages = new Set(failedTests.map(({ Package }) => Package));
  const shown = events
    .filter(({ Action, Package }) => Action === "output" && failedPackages.has(Package))
    .map(({ Output }) => Output ?? "")
    .join("");
  // Without a failed test, the build of a test has failed.
  return { passed, failed: Math.max(1, failedTests.length), output: shown || output };
}

function parseEvent(line: string): Event[] {
  return line.startsWith("{") ? [JSON.parse(line) as Event] : [];
}
