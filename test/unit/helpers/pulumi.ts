import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { createRequire } from "node:module";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";

/** The answer of the program that runs outside where `KUBECONFIG` names no file. A test compares it with the program's. */
export const noCluster = "ENOENT: no such file or directory, open '/nowhere'";

/** No test depends on a cluster that this machine happens to know. */
process.env.KUBECONFIG = "/nowhere";

/**
 * Answers what a component asks a cluster as the program that runs outside answers it without one, but at once: that
 * program takes a second, and most components ask. A request with its own kubeconfig still reaches the program.
 */
function answerWithoutCluster(): void {
  const { spawnSync } = childProcess;
  const answer = (program: string, args: readonly string[], options: { readonly input?: string }): object => {
    const isQuestion = args.at(-1)?.endsWith("components/program.ts") ?? false;
    if (!isQuestion || (options.input ?? "").includes('"kubeconfig":')) return spawnSync(program, args, options);
    return { status: 0, stdout: JSON.stringify({ error: noCluster }), stderr: "" };
  };
  mock.method(childProcess, "spawnSync", answer as typeof spawnSync);
}
answerWithoutCluster();

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * Pulumi without an engine: records what a program registers and gives inputs back as outputs. It proves which
 * resources a component makes from which arguments, and nothing about a real cluster. Resources of
 * `random` always have the same value.
 */
export function recordResources(preview = false, random = "random"): Registered[] {
  const registered: Registered[] = [];
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Readonly<Record<string, unknown>> });
        const state = inputs as Record<string, unknown>;
        return { id: `${name}-id`, state: type.startsWith("random:") ? { ...state, result: random } : state };
      },
      call: () => ({}),
    },
    "telemetry",
    "test",
    preview,
  );
  return registered;
}

/**
 * Stops Pulumi from recording the stack of each promise. Pulumi needs the stacks only for its message about promises that
 * never end, and such promises still fail a test run. A component makes thousands of promises, and source maps make each
 * stack expensive: stacks are a quarter of the time of a component's test.
 */
function skipPromiseStacks(): void {
  // An import would be a copy, and Pulumi's types leave the function out.
  const pulumiInternals = createRequire(__filename)("@pulumi/pulumi/runtime/debuggable") as {
    debuggablePromise?: <T>(promise: Promise<T>, context: unknown) => Promise<T>;
  };
  const { debuggablePromise } = pulumiInternals;
  assert.ok(debuggablePromise, "@pulumi/pulumi has no debuggablePromise any more");
  pulumiInternals.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}
skipPromiseStacks();

/** Waits until every resource is registered that components have made so far. */
export function allRegistered(): Promise<void> {
  // Pulumi's types leave the function out.
  const { waitForRPCs } = pulumi.runtime as { readonly waitForRPCs?: () => Promise<void> };
  assert.ok(waitForRPCs, "@pulumi/pulumi has no waitForRPCs any more");
  return waitForRPCs();
}

/** Returns the value of an Output, after all values that it depends on. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(output).apply((value) => resolve(value)));
}

/** The form in which a secret value reaches `inputs`. */
export const secretInput = (value: unknown): object => ({
  [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
  value,
});
