import { parseArgs } from "node:util";
import { choice, number } from "../support/options";

const kindsOfLines = ["plain", "json"] as const;
const compressions = ["none", "gzip", "snappy", "zstd"] as const;

/** Lines that containers write. */
export interface Lines {
  readonly kind: (typeof kindsOfLines)[number];
  /** Bytes of a line, without the part that the runtime adds. */
  readonly bytes: number;
}

/** The format of containers' files. */
export interface Turns {
  /** Measured turns of each collector. */
  readonly rounds: number;
  /** Seconds in which the lines of a turn are written. */
  readonly seconds: number;
  /** Most lines in a second, in all files together. */
  readonly rate: number;
}

export interface Options extends Turns {
  readonly kinds: readonly Lines["kind"][];
  readonly sizes: readonly number[];
  /** Numbers of containers, each with a file. */
  readonly files: readonly number[];
  readonly compression: (typeof compressions)[number];
  /** Path of the collector's program, or its name. */
  readonly collector: string;
  /** Whether parts of the log agent's configuration are measured, too. */
  readonly parts: boolean;
}

const numbers = (name: string, text: string): number[] => text.split(",").map((one) => number(name, one, 1));

/** Throws for an option that it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kinds: { type: "string", default: kindsOfLines.join() },
      sizes: { type: "string", default: "100,1024,16384" },
      files: { type: "string", default: "10,200" },
      compression: { type: "string", default: "none" },
      rounds: { type: "string", default: "7" },
      seconds: { type: "string", default: "1" },
      rate: { type: "string", default: "20000" },
      collector: { type: "string", default: "otelcol-contrib" },
      parts: { type: "boolean", default: false },
    },
  });
  const [compression = "none"] = choice("compression", values.compression, compressions);
  return {
    kinds: choice("kinds", values.kinds, kindsOfLines),
    sizes: numbers("sizes", values.sizes),
    files: numbers("files", values.files),
    compression,
    rounds: number("rounds", values.rounds, 1),
    seconds: number("seconds", values.seconds, 0.1),
    rate: number("rate", values.rate, 1),
    collector: values.collector,
    parts: values.parts,
  };
}
