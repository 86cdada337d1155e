import { createHash } from "node:crypto";
import type { V1Pod } from "@kubernetes/client-node";
import type { dynamic } from "@pulumi/pulumi";
import type { ClusterAccess } from "../outside";
import { formatFinding } from "../schema/findings";
import { connect, problemOf, type Cluster } from "./pod-api";
import { runOnce, type Answer, type Run } from "./in-cluster";
import type { Places } from "./places";
import { refusalOf } from "./pod-state";
import { probeConfiguration } from "./probes";
import { findingsIn, wantsProbes } from "./collector-findings";

/** What the provider gets. All of it is data: the provider runs in a process of its own. */
export interface ValidationInputs {
  readonly access: ClusterAccess;
  /** Name of the workload, for messages. */
  readonly workload: string;
  /** Pod that validates `configuration`, as it is to be made; see `validationPod`. */
  readonly pod: V1Pod;
  /** The configuration, as YAML, and the name of its file. */
  readonly configuration: string;
  readonly file: string;
  readonly places: Places;
  /** Version of the image, as far as it is known. */
  readonly version?: string;
  readonly timeoutSeconds: number;
}

export interface ValidationOutputs {
  /** Changes with everything that a verdict depends on. */
  readonly validated: string;
  /** When, in ISO 8601: another one with each validation, of the same as well. */
  readonly validatedAt: string;
}

/**
 * Validates before the workload is touched. A refused configuration is an error that leaves the state as it was, so the
 * next update validates again. There is nothing to read and nothing to delete: refreshing and destroying need no
 * cluster, and never run code of an older version.
 */
export const validationProvider: dynamic.ResourceProvider<ValidationInputs, ValidationOutputs> = {
  // The code itself is left out, and so is how the cluster is reached: both may change without anything to validate. A
  // state from before there was a time gets one: what is missing in it, a preview takes for unknown.
  diff(_id, olds, news) {
    return Promise.resolve({ changes: olds.validated !== fingerprint(news) || !olds.validatedAt });
  },
  async create(inputs) {
    return { id: inputs.workload, outs: await validate(inputs) };
  },
  async update(_id, _olds, news) {
    return { outs: await validate(news) };
  },
};

async function validate(inputs: ValidationInputs): Promise<ValidationOutputs> {
  await judge(inputs, connect);
  return { validated: fingerprint(inputs), validatedAt: new Date().toISOString() };
}

/** Throws unless a collector in the cluster takes the configuration. */
export async function judge(
  inputs: ValidationInputs,
  connectTo: (access: ClusterAccess) => Promise<Cluster>,
): Promise<void> {
  const { pod, places, version, timeoutSeconds } = inputs;
  const until = Date.now() + timeoutSeconds * 1000;
  let cluster: Cluster;
  try {
    cluster = await connectTo(inputs.access);
  } catch (error) {
    throw failure(inputs, troubleLines(refusalOf(undefined, problemOf(error).detail, "", "")));
  }
  const answer = await runOnce(cluster, runOf(inputs, inputs.configuration), until);
  if (answer.state === "accepted") return;
  if (answer.state === "trouble") throw failure(inputs, troubleLines(answer));
  const probes = wantsProbes(answer.said, places)
    ? await runOnce(cluster, runOf(inputs, probeConfiguration(places)), until)
    : undefined;
  const probed = probes?.state === "refused" ? probes.said : undefined;
  const findings = findingsIn({ said: answer.said, probed, version, hadCredentials: true }, places);
  const count = findings.length === 1 ? "1 problem" : `${findings.length} problems`;
  const image = pod.spec?.containers[0]?.image ?? "";
  throw failure(inputs, [
    `Invalid pipeline configuration (${count}), found by ${image} in the cluster`,
    ...findings.map((finding) => `  ${formatFinding(finding)}`),
  ]);
}

function troubleLines({ problem, remedy }: Extract<Answer, { state: "trouble" }>): string[] {
  return ["The configuration could not be validated", `  The pod that validates it ${problem}. ${remedy}.`];
}

function failure({ workload }: ValidationInputs, lines: readonly string[]): Error {
  const error = new Error(
    [
      ...lines,
      `Pods of ${workload} were not touched: those there are go on with the configuration they have.`,
      "Run `pulumi up` again when this is corrected, or go back by undoing the change.",
    ].join("\n"),
  );
  // Where it was thrown helps nobody.
  error.stack = error.message;
  return error;
}

function runOf({ pod, file }: ValidationInputs, configuration: string): Run {
  const { name = "", namespace = "", labels } = pod.metadata ?? {};
  return {
    namespace,
    name,
    container: pod.spec?.containers[0]?.name ?? "",
    pod,
    configMap: { metadata: { name, namespace, labels }, data: { [file]: configuration } },
  };
}

/** Changes with everything that a verdict depends on. */
export function fingerprint({ configuration, pod }: ValidationInputs): string {
  return createHash("sha256")
    .update(JSON.stringify([configuration, sorted(pod)]))
    .digest("hex");
}

/** The engine gives an object's fields in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
