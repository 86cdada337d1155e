import { parseArgs } from "node:util";
import { number } from "../support/options";

export interface Options {
  readonly nodes: readonly number[];
  /** Milliseconds that each request takes at least. */
  readonly latency: number;
  /** Seconds that a check may take. */
  readonly timeout: number;
  /** Only scenes with these names. */
  readonly scenes: RegExp;
}

/** Reads the options. Throws for an unknown one. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: "string", default: "1,3,100,1000" },
      // A port-forward to a gateway on another machine, with its connection to the pod.
      latency: { type: "string", default: "20" },
      timeout: { type: "string", default: "60" },
      scenes: { type: "string", default: "" },
    },
  });
  return {
    nodes: values.nodes.split(",").map((count) => number("nodes", count, 1)),
    latency: number("latency", values.latency, 0),
    timeout: number("timeout", values.timeout, 1),
    scenes: new RegExp(values.scenes),
  };
}
