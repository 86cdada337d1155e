import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";

/** No test depends on a cluster that this machine happens to know. */
process.env.KUBECONFIG = "/nowhere";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * Pulumi without an engine: records what a program registers and gives inputs back as outputs. It proves which
 * resources a component makes from which arguments, and nothing about what a cluster does with them. What is `random` is
 * always the same.
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

/** The value of an Output, once everything it waits for is there. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(output).apply((value) => resolve(value)));
}

/** How a secret value reaches `inputs`. */
export const secretInput = (value: unknown): object => ({
  [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
  value,
});
