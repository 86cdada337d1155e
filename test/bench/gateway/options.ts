import { parseArgs } from "node:util";
import type { Signal } from "../../e2e/support/backends";
import { choice, number } from "../support/options";
import type { Turns } from "./subject";

const compressions = ["none", "gzip", "snappy", "zstd"] as const;
const protocols = ["grpc", "http"] as const;

/** How data goes on to backends. */
export interface Way {
  readonly protocol: (typeof protocols)[number];
  readonly compression: (typeof compressions)[number];
}

const signals: readonly Signal[] = ["metrics", "traces", "logs"];

export interface Options extends Turns {
  readonly signals: readonly Signal[];
  readonly compressions: readonly Way["compression"][];
  /** Of what is sent to backends; what is taken comes over gRPC. */
  readonly protocols: readonly Way["protocol"][];
  /** How far the heap of a bare collector may grow before garbage is collected, in percent; by default as Go has it. */
  readonly bareGcPercent: number;
  /** How long backends are dead in the measurement of memory; 0 leaves it out. */
  readonly deadSeconds: number;
  /** How many there are in it, each with a pipeline of its own. */
  readonly backends: number;
  /** How many of them are dead. */
  readonly dead: number;
  /** Whether each of their pipelines has a filter, so that its queue holds data of its own. */
  readonly apart: boolean;
}

/** Throws for what it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      signals: { type: "string", default: signals.join() },
      compressions: { type: "string", default: compressions.join() },
      protocols: { type: "string", default: "grpc" },
      rounds: { type: "string", default: "12" },
      seconds: { type: "string", default: "0.5" },
      rate: { type: "string", default: "25000" },
      items: { type: "string", default: "500" },
      "bare-gc": { type: "string", default: "100" },
      "dead-seconds": { type: "string", default: "300" },
      backends: { type: "string", default: "3" },
      dead: { type: "string", default: "1" },
      apart: { type: "boolean", default: false },
    },
  });
  return {
    signals: choice("signals", values.signals, signals),
    compressions: choice("compressions", values.compressions, compressions),
    protocols: choice("protocols", values.protocols, protocols),
    rounds: number("rounds", values.rounds, 1),
    seconds: number("seconds", values.seconds, 0.1),
    rate: number("rate", values.rate, 1),
    items: number("items", values.items, 1),
    bareGcPercent: number("bare-gc", values["bare-gc"], 1),
    deadSeconds: number("dead-seconds", values["dead-seconds"], 0),
    backends: number("backends", values.backends, 1),
    dead: number("dead", values.dead, 0),
    apart: values.apart,
  };
}

/** Every signal in every way. */
export const combinations = ({ signals, protocols, compressions }: Options): [Signal, Way][] =>
  signals.flatMap((signal) =>
    protocols.flatMap((protocol) =>
      compressions.map((compression): [Signal, Way] => [signal, { protocol, compression }]),
    ),
  );
