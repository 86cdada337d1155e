import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PipelineConfigError } from "../../../components/config-error";
import { formatFinding } from "../../../components/schema";
import {
  type ParsedConfiguration,
  type ParseOptions,
  parsePipelines,
  type RawConfiguration,
} from "../../../components/settings";

/** In the middle of the lives of all certificates of the tests. */
export const now = new Date("2026-06-01T00:00:00Z");

/** Settings alone are enough, unless a test states otherwise. */
export const parse = (raw: RawConfiguration, options: Partial<ParseOptions> = {}): ParsedConfiguration =>
  parsePipelines({ allowNoPipelines: true, ...raw }, { now, ...options });

/** Returns the lines of the error, or none without one. Every other error is a fault of the parser. */
export function errorLines(raw: RawConfiguration, options: Partial<ParseOptions> = {}): string[] {
  try {
    parse(raw, options);
    return [];
  } catch (error) {
    if (!(error instanceof PipelineConfigError)) throw error;
    return error.findings.map(formatFinding);
  }
}

export const warningLines = (raw: RawConfiguration, options: Partial<ParseOptions> = {}): string[] =>
  parse(raw, options).warnings.map(formatFinding);

type Fields = Readonly<Record<string, unknown>>;

export const grpcEndpoint = { value: "backend.example.com:4317" };
export const httpEndpoint = { value: "https://backend.example.com" };

const output = (otlp: Fields = {}) => ({ otlp: { endpoint: grpcEndpoint, ...otlp } });

export const metric = (fields: Fields = {}): Fields => ({ name: "a", output: output(), ...fields });

/** One pipeline of a kind, with these fields next to a name and a good output. */
export const metricWith = (fields: Fields): RawConfiguration => ({ metricPipelines: [metric(fields)] });
export const traceWith = (fields: Fields): RawConfiguration => ({ tracePipelines: [metric(fields)] });
export const logWith = (fields: Fields): RawConfiguration => ({ logPipelines: [metric(fields)] });

/** One pipeline whose output has these fields next to a good endpoint. */
export const grpc = (otlp: Fields): RawConfiguration => traceWith({ output: output(otlp) });
export const http = (otlp: Fields): RawConfiguration =>
  traceWith({ output: output({ protocol: "http", endpoint: httpEndpoint, ...otlp }) });

export const pem = (name: string): string => readFileSync(join(__dirname, "certificates", name), "utf8");

/** A name of the fault, the input, and all lines of the error. */
export type BadInput = readonly [behaviour: string, raw: RawConfiguration, lines: readonly string[]];
