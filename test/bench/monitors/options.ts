import { parseArgs } from "node:util";
import { number } from "../support/options";

export interface Options {
  /** Monitors, one size after the other. */
  readonly sizes: readonly number[];
  /** Pods of the cluster that monitors select, shared evenly among the monitors. */
  readonly targets: number;
  /** Nodes that the pods are on, evenly. The collector is the agent of one of them. */
  readonly nodes: number;
  /** Seconds between two scrapes of a target. */
  readonly interval: number;
  /** Seconds of each of the two measurements: while nothing changes, and while an EndpointSlice changes each second. */
  readonly seconds: number;
}

/** Throws for an unknown option. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: "string", default: "10,100,500" },
      targets: { type: "string", default: "2000" },
      nodes: { type: "string", default: "20" },
      interval: { type: "string", default: "30" },
      seconds: { type: "string", default: "60" },
    },
  });
  return {
    sizes: values.sizes.split(",").map((size) => number("sizes", size, 1)),
    targets: number("targets", values.targets, 1),
    nodes: number("nodes", values.nodes, 1),
    interval: number("interval", values.interval, 1),
    seconds: number("seconds", values.seconds, 1),
  };
}
