import { parseArgs } from "node:util";
import { compressions, protocols, type Compression, type Protocol } from "../../../components/collector";
import type { Signal } from "../../e2e/support/backends";
import { choice, number } from "../support/options";
import type { Turns } from "./subject";

/** Protocol and compression of exports to backends. */
export interface Way {
  readonly protocol: Protocol;
  readonly compression: Compression;
}

const signals: readonly Signal[] = ["metrics", "traces", "logs"];

export interface Options extends Turns {
  readonly signals: readonly Signal[];
  readonly compressions: readonly Way["compression"][];
  /** Protocols of exports to backends. The gateway receives all data over gRPC. */
  readonly protocols: readonly Way["protocol"][];
  /** Points, spans or records in a request, one size after the other. */
  readonly requestItems: readonly number[];
  /** Seconds for which backends are dead in the measurement of memory. 0 leaves this measurement out. */
  readonly deadSeconds: number;
  /** The number of backends in this measurement, each with its own pipeline. */
  readonly backends: number;
  /** The number of dead backends. */
  readonly dead: number;
  /** Whether to compare with the configuration of Kyma's telemetry manager, too. */
  readonly kyma: boolean;
  /** Whether each pipeline has a filter, so that its queue has a copy of the data. */
  readonly apart: boolean;
  /** The names of the changes to measure, one at a time. Default: all. */
  readonly changes: RegExp;
}

/** Reads the options. Throws for an unknown one. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      signals: { type: "string", default: signals.join() },
      compressions: { type: "string", default: compressions.join() },
      protocols: { type: "string", default: "grpc" },
      "request-items": { type: "string", default: "10,100,500" },
      // After 30 rounds, the widest confidence interval was 9.6 % on an idle machine. Its width halves with four times as many.
      rounds: { type: "string", default: "120" },
      "turn-items": { type: "string", default: "40000" },
      rate: { type: "string", default: "50000" },
      "dead-seconds": { type: "string", default: "300" },
      backends: { type: "string", default: "3" },
      dead: { type: "string", default: "1" },
      kyma: { type: "boolean", default: false },
      apart: { type: "boolean", default: false },
      changes: { type: "string", default: "" },
    },
  });
  return {
    signals: choice("signals", values.signals, signals),
    compressions: choice("compressions", values.compressions, compressions),
    protocols: choice("protocols", values.protocols, protocols),
    requestItems: values["request-items"].split(",").map((size) => number("request-items", size, 1)),
    rounds: number("rounds", values.rounds, 1),
    turnItems: number("turn-items", values["turn-items"], 1),
    rate: number("rate", values.rate, 1),
    deadSeconds: number("dead-seconds", values["dead-seconds"], 0),
    backends: number("backends", values.backends, 1),
    dead: number("dead", values.dead, 0),
    kyma: values.kyma,
    apart: values.apart,
    changes: new RegExp(values.changes),
  };
}

/** One measurement: a signal in requests of a size, sent on in a way. */
export interface Case extends Way {
  readonly signal: Signal;
  /** Points, spans or records in a request. */
  readonly items: number;
}

/** Every signal in every way and size. */
export const combinations = ({ signals, protocols, compressions, requestItems }: Options): Case[] =>
  signals.flatMap((signal) =>
    protocols.flatMap((protocol) =>
      compressions.flatMap((compression) =>
        requestItems.map((items): Case => ({ signal, protocol, compression, items })),
      ),
    ),
  );
