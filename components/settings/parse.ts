import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  checkBodySize,
  checkClearTexts,
  checkLogNamespace,
  takesContainerLogs,
  checkImageVersion,
  checkUniqueNames,
  checkTls,
  checkTokens,
} from "./checks";
import { checkPipeline, type SoundPipeline } from "./pipeline-checks";
import { PipelineConfigError } from "../config-error";
import {
  error,
  errorsOf,
  type Finding,
  formatFinding,
  join,
  plain,
  readSound,
  shapeFindings,
  warningsOf,
} from "../schema";
import { textOfFile } from "./file-text";
import { readManifests, type Manifests, type WrittenEntry } from "./manifests";
import { normalizePipeline, type Pipeline } from "./normalize";
import { normalizeSettings, type TelemetrySettings } from "./normalize-settings";
import { signalNames, type Signal } from "../contract";
import { targetTokens, tokensPath, type TargetToken } from "./target-tokens";
import { configuration, pipelineKeys, pipelineSchemas } from "./configuration";

/** The configuration to read. Keys are those of the stack's configuration without the project's name, all optional. */
export type RawConfiguration = { readonly [Key in keyof typeof configuration.shape]?: unknown };

export interface ParseOptions {
  /** Time at which certificates must be valid. */
  readonly now: Date;
  /** Namespace of the gateway itself; like other system namespaces, pull inputs leave it out by default. */
  readonly telemetryNamespace?: string;
  /** Reads a file. Defaults to the file system, from the folder in which Pulumi runs. */
  readonly readFile?: (path: string) => string | Buffer;
  /** Called after a finding, to report all at once: returns further findings about what could be read. */
  readonly whatElse?: (readable: Pick<ParsedConfiguration, "pipelines" | "tokens">) => readonly Finding[];
}

export interface ParsedConfiguration {
  /** Metrics first, then traces, then logs, each in the order in which they are written. */
  readonly pipelines: readonly Pipeline[];
  readonly settings: TelemetrySettings;
  /** The tokens that the agent sends to targets. */
  readonly tokens: readonly TargetToken[];
  /** Findings that the user should know but that do not stop the update. */
  readonly warnings: readonly Finding[];
}

const outputOf = (value: unknown): pulumi.Output<unknown> | undefined =>
  pulumi.Output.isInstance(value) || value instanceof Promise ? pulumi.output(value) : undefined;

const systemNamespaces = ["istio-system", "kube-system"];

/**
 * Parses the user's whole configuration. Throws one `PipelineConfigError` with all findings. In the result, credentials
 * exist only inside secret Outputs, and nothing of `raw` is kept.
 */
export function parsePipelines(raw: RawConfiguration, options: ParseOptions): ParsedConfiguration {
  const written = plain(raw, outputOf);
  const readable = readSound(configuration, written);
  const files = readFiles(readable?.pipelineFiles ?? [], options.readFile ?? ((path) => readFileSync(path)));
  const entries = [...configuredEntries(written), ...files.entries];
  const sound = entries.map((entry) => ({ ...entry, sound: soundPipeline(entry.signal, entry.value) }));

  const findings = [
    ...shapeFindings(configuration, written, (keys) => join("", keys) || "configuration"),
    ...files.findings,
    ...(entries.length + files.findings.length === 0 ? checkNoPipelines(readable) : []),
    ...checkClearTexts(withoutPipelines(written), (keys) => join("", keys)),
    ...entries.flatMap(({ value, place }) => checkClearTexts(value, place)),
    ...checkTls({ ca: readable?.metric?.prometheus?.tls?.ca }, options.now, "metric.prometheus.tls"),
    ...checkBodySize(readable?.metric?.prometheus?.limits?.bodySize, "metric.prometheus.limits.bodySize"),
    ...checkTokens(readable?.metric?.prometheus?.bearerTokens, tokensPath),
    ...(options.telemetryNamespace === undefined
      ? []
      : checkLogNamespace(
          readable?.logAgent?.namespace,
          options.telemetryNamespace,
          sound.some((one) => one.signal === "logs" && takesContainerLogs(one.sound)),
        )),
    ...checkImageVersion(readable?.gateway?.image, "gateway.image"),
    ...checkImageVersion(readable?.agent?.image, "agent.image"),
    ...checkImageVersion(readable?.logAgent?.image, "logAgent.image"),
    ...checkUniqueNames(
      sound.map(({ signal, place, sound }) => ({ signal, path: place(["name"]), name: sound?.name })),
    ),
    ...sound.flatMap(({ signal, place, sound }) => checkPipeline(signal, sound, place, options.now)),
  ];
  const namespaces = [...systemNamespaces, ...list(options.telemetryNamespace)];
  const tokens = targetTokens(readable?.metric?.prometheus?.bearerTokens);
  const errors = errorsOf(findings);
  if (errors.length > 0) {
    const readable = entries.flatMap(readablePart);
    throw new PipelineConfigError(
      once([...errors, ...(options.whatElse?.({ pipelines: normalizeAll(readable, namespaces), tokens }) ?? [])]),
    );
  }

  return {
    pipelines: normalizeAll(entries, namespaces),
    settings: normalizeSettings(configuration.parse(written)),
    tokens,
    warnings: warningsOf(findings),
  };
}

/** Rejects a configuration without pipelines: most likely they were lost, and the update would remove gateway and agent. */
function checkNoPipelines(readable: { readonly allowNoPipelines?: boolean } | undefined): Finding[] {
  if (readable?.allowNoPipelines === true) return [];
  const example =
    "metricPipelines: [{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }]";
  return [
    error(
      "configuration",
      "has no pipelines, so the update would remove gateway and agent",
      `Write one, such as ${example}. To remove the stack, run pulumi destroy. To keep it without pipelines, set allowNoPipelines: true`,
    ),
  ];
}

/** Returns the settings of the stack without its pipelines, which have places of their own. */
function withoutPipelines(written: unknown): unknown {
  const keys: readonly string[] = Object.values(pipelineKeys);
  return Object.fromEntries(Object.entries(written ?? {}).filter(([key]) => !keys.includes(key)));
}

const once = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [formatFinding(finding), finding])).values(),
];

const list = <T>(item: T | undefined): T[] => (item === undefined ? [] : [item]);

function configuredEntries(written: unknown): WrittenEntry[] {
  return signalNames.flatMap((signal) => {
    const key = pipelineKeys[signal];
    const pipelines = (written as Record<string, unknown>)[key];
    return (Array.isArray(pipelines) ? (pipelines as unknown[]) : []).map((value, i) => {
      const path = `${key}[${i}]`;
      return { signal, value, place: (keys) => join(path, keys) };
    });
  });
}

const soundPipeline = (signal: Signal, value: unknown): SoundPipeline => readSound(pipelineSchemas[signal], value);

/** Returns the entry if it can be read, or else its output alone if that can be read. */
function readablePart(entry: WrittenEntry): WrittenEntry[] {
  const { output } = (entry.value ?? {}) as Readonly<Record<string, unknown>>;
  const value = [entry.value, { name: "unnamed", output }].find(
    (part) => pipelineSchemas[entry.signal].safeParse(part).success,
  );
  return value === undefined ? [] : [{ ...entry, value }];
}

function readFiles(files: readonly (string | undefined)[], readFile: (path: string) => string | Buffer): Manifests {
  const read = files.map((file, i): Manifests => {
    if (file === undefined) return { entries: [], findings: [] };
    const first = files.findIndex((other) => other !== undefined && resolve(other) === resolve(file));
    if (first < i) {
      const problem = `is the same file as pipelineFiles[${first}]`;
      return { entries: [], findings: [error(`pipelineFiles[${i}]`, problem, "Remove one of them")] };
    }
    try {
      const text = textOfFile(file, Buffer.from(readFile(file)));
      return typeof text === "string" ? readManifests(file, text) : { entries: [], findings: [text] };
    } catch {
      const remedy = "Give the path of a file that can be read, from the folder of Pulumi.yaml";
      return { entries: [], findings: [error(`pipelineFiles[${i}]`, "cannot be read", remedy)] };
    }
  });
  return { entries: read.flatMap(({ entries }) => entries), findings: read.flatMap(({ findings }) => findings) };
}

function normalizeAll(entries: readonly WrittenEntry[], systemNamespaces: readonly string[]): Pipeline[] {
  return signalNames.flatMap((signal) =>
    entries
      .filter((entry) => entry.signal === signal)
      .map(({ value, place }) =>
        normalizePipeline(signal, pipelineSchemas[signal].parse(value), { path: place([]), systemNamespaces }),
      ),
  );
}
