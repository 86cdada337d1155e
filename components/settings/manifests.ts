import { LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";
import {
  didYouMean,
  error,
  field,
  type Finding,
  join,
  nearest,
  type PathKey,
  type Place,
  plain,
  shapeFindings,
  struct,
  subdomainName,
  withForeign,
} from "../schema";
import { fluentBitFields } from "./log-pipeline";
import { maxNameLength } from "./pipeline-fields";
import { pipelineSchemas } from "./configuration";
import { pipelineApi, signalNames, signals, type Signal } from "../contract";

const [newest, old] = pipelineApi.versions;
const versions = [`${pipelineApi.group}/${newest}`, `${pipelineApi.group}/${old}`] as const;
type Kind = (typeof signals)[Signal]["kind"];
const kinds = Object.fromEntries(signalNames.map((signal) => [signals[signal].kind, signal])) as Record<Kind, Signal>;

/** A pipeline as the user wrote it, in the stack's configuration or in a manifest. */
export interface WrittenEntry {
  readonly signal: Signal;
  /** The pipeline's fields, its name among them. */
  readonly value: unknown;
  readonly place: Place;
}

/** The fields around a pipeline in a manifest. Metadata other than the name is allowed and has no effect. */
const manifest = field(
  struct({
    apiVersion: field(z.enum(versions), { description: "Version of the manifest.", example: versions[0] }),
    kind: field(z.enum(Object.keys(kinds) as [Kind, ...Kind[]]), { description: "Kind.", example: "MetricPipeline" }),
    metadata: field(
      z.looseObject({
        name: field(subdomainName(maxNameLength), { description: "Name of the pipeline.", example: "backend" }),
      }),
      { description: "Only the name counts.", example: "{ name: backend }" },
    ),
    spec: field(z.looseObject({}), {
      description: "The pipeline.",
      example: "{ output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }",
    }),
    status: z.unknown().optional(),
  }),
  {
    description: "A pipeline as a manifest.",
    example: `{ apiVersion: ${versions[0]}, kind: MetricPipeline, metadata: { name: backend }, spec: … }`,
  },
);

const specSchemas = {
  metrics: pipelineSchemas.metrics.omit({ name: true }),
  traces: pipelineSchemas.traces.omit({ name: true }),
  logs: withForeign(pipelineSchemas.logs.omit({ name: true }), fluentBitFields),
};

export interface Manifests {
  readonly entries: readonly WrittenEntry[];
  readonly findings: readonly Finding[];
}

/** Reads all pipelines of a file with one or more YAML documents. */
export function readManifests(file: string, text: string): Manifests {
  const lines = new LineCounter();
  // "Pretty" errors and warnings would quote the text, which may be a credential.
  const documents = parseAllDocuments(text, {
    prettyErrors: false,
    logLevel: "error",
    lineCounter: lines,
    merge: true,
  });
  const read = [...documents].map((document, i): Manifests => {
    const path = `${file}#${i + 1}`;
    const [fault] = document.errors;
    if (fault) {
      const { line, col } = lines.linePos(fault.pos[0]);
      return failed(path, `is not valid YAML at line ${line}, column ${col} (${fault.code})`, "Correct it there");
    }
    const content = plain(attempt((): unknown => document.toJS()));
    if (content === undefined) return failed(path, "has aliases that cannot be followed", "Write the values out");
    return content === null ? none : readDocument(content, path);
  });
  const all = merge(read);
  return all.entries.length + all.findings.length > 0 ? all : failed(file, ...withoutPipeline(text));
}

/** A file that was cut off, or not written at all, must not remove the pipelines that it had. */
const withoutPipeline = (text: string): [problem: string, remedy: string] => [
  text.trim() === "" ? "is empty" : "has no pipeline",
  "Write a MetricPipeline, TracePipeline or LogPipeline in it, or remove it from pipelineFiles",
];

const none: Manifests = { entries: [], findings: [] };
const failed = (path: string, problem: string, remedy: string): Manifests => ({
  entries: [],
  findings: [error(path, problem, remedy)],
});
const merge = (all: readonly Manifests[]): Manifests => ({
  entries: all.flatMap(({ entries }) => entries),
  findings: all.flatMap(({ findings }) => findings),
});

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isKind = (kind: unknown): kind is Kind => typeof kind === "string" && Object.hasOwn(kinds, kind);

function otherKind(kind: string, path: string): Finding {
  const meant = nearest(kind, Object.keys(kinds));
  const remedy = meant === undefined ? "Remove it: nothing else is made from these files" : didYouMean(meant);
  return error(path, "must be MetricPipeline, TracePipeline or LogPipeline", remedy);
}

/** Kinds of lists: `List` is from `kubectl get … -o yaml`, the others are from the API server. */
const listKinds: readonly unknown[] = ["List", ...Object.keys(kinds).map((kind) => `${kind}List`)];

function readDocument(content: unknown, path: string): Manifests {
  if (isRecord(content) && listKinds.includes(content.kind) && Array.isArray(content.items))
    return merge(content.items.map((item, i) => readManifest(item, path, ["items", i])));
  return readManifest(content, path, []);
}

function readManifest(content: unknown, document: string, at: readonly PathKey[]): Manifests {
  const place: Place = (keys) => (keys.length + at.length === 0 ? document : join(`${document}:`, [...at, ...keys]));
  if (isRecord(content) && typeof content.kind === "string" && !isKind(content.kind))
    return { entries: [], findings: [otherKind(content.kind, place(["kind"]))] };
  const findings = shapeFindings(manifest, content, place);
  if (!isRecord(content) || !isKind(content.kind) || !isRecord(content.spec)) return { entries: [], findings };

  const signal = kinds[content.kind];
  const isOld = content.apiVersion === versions[1];
  const written = singleDollars(isOld ? fromAlpha(signal, content.spec) : content.spec);
  const spec = signal === "logs" ? withContainerLogs(written) : written;
  const specPlace: Place = (keys) => place(["spec", ...(isOld ? toAlpha(signal, keys) : keys)]);
  const name = isRecord(content.metadata) ? content.metadata.name : undefined;
  return {
    entries: [
      {
        signal,
        value: { ...spec, name },
        place: (keys) => (keys[0] === "name" ? place(["metadata", ...keys]) : specPlace(keys)),
      },
    ],
    findings: [...findings, ...shapeFindings(specSchemas[signal], spec, specPlace)],
  };
}

/**
 * Replaces `$$` by `$`. In the manifests' own system, the collector expands OTTL together with its configuration, which
 * makes `$$` a literal `$`: a capture group is written `$$1` there. This program never expands OTTL.
 */
function singleDollars(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const single = (value: unknown): unknown => {
    if (typeof value === "string") return value.replaceAll("$$", () => "$");
    if (Array.isArray(value)) return value.map(single);
    return isRecord(value) ? mapValues(value, single) : value;
  };
  return mapValues(spec, (value, key) => (key === "transform" || key === "filter" ? single(value) : value));
}

const mapValues = (
  record: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));

/** Turns container logs on unless the manifest turns them off: in the manifests' own system, that is the default. */
function withContainerLogs(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { input = {} } = spec;
  if (!isRecord(input)) return spec;
  const { runtime = {} } = input;
  return isRecord(runtime) ? { ...spec, input: { ...input, runtime: { enabled: true, ...runtime } } } : spec;
}

/** Converts v1alpha1: it has `disabled` for v1beta1's `enabled`, and `application` for the container logs in `runtime`. */
function fromAlpha(signal: Signal, spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!isRecord(spec.input)) return spec;
  const { otlp, application, ...input } = spec.input;
  return {
    ...spec,
    input: {
      ...input,
      ...(otlp === undefined ? {} : { otlp: enabledFrom(otlp) }),
      ...(application === undefined ? {} : { [signal === "logs" ? "runtime" : "application"]: application }),
    },
  };
}

function enabledFrom(otlp: unknown): unknown {
  if (!isRecord(otlp) || otlp.disabled === undefined) return otlp;
  const { disabled, ...rest } = otlp;
  return { ...rest, enabled: typeof disabled === "boolean" ? !disabled : disabled };
}

function toAlpha(signal: Signal, [first, second, third, ...rest]: readonly PathKey[]): PathKey[] {
  const keys = [first, second, third].filter((key) => key !== undefined);
  if (first !== "input") return [...keys, ...rest];
  if (second === "otlp" && third === "enabled") return ["input", "otlp", "disabled", ...rest];
  return second === "runtime" && signal === "logs"
    ? ["input", "application", ...keys.slice(2), ...rest]
    : [...keys, ...rest];
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
