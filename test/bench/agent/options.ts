import { parseArgs } from "node:util";
import { number } from "../support/options";

export interface Options {
  /** Series on the node, one size after the other. */
  readonly sizes: readonly number[];
  /** Pods that share the series evenly. */
  readonly targets: number;
  /** Scrapes of every target that are measured. */
  readonly rounds: number;
  /** Seconds between two scrapes of a target. */
  readonly interval: number;
  /** MiB of memory that the collectors may have; the agent's default for one pipeline if left out. */
  readonly memory?: number;
  /** Seconds without a backend in the measurement of memory, with the largest size; 0 leaves it out. */
  readonly deadSeconds: number;
}

/** Reads the options. Throws for an unknown one. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: "string", default: "10000,50000,200000" },
      targets: { type: "string", default: "10" },
      rounds: { type: "string", default: "10" },
      interval: { type: "string", default: "10" },
      memory: { type: "string" },
      "dead-seconds": { type: "string", default: "90" },
    },
  });
  return {
    sizes: values.sizes.split(",").map((size) => number("sizes", size, 1)),
    targets: number("targets", values.targets, 1),
    rounds: number("rounds", values.rounds, 1),
    interval: number("interval", values.interval, 1),
    deadSeconds: number("dead-seconds", values["dead-seconds"], 0),
    ...(values.memory !== undefined && { memory: number("memory", values.memory, 1) }),
  };
}
