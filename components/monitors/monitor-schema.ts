import { z } from "zod";
import { didYouMean, join, labelOperators, nearest, skipVerifyField, type PathKey } from "../schema";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorKind } from "../contract";
import type { MonitorSpec } from "./monitor-object";

const text = z.string().optional();
const flag = z.boolean().optional();
const whole = z.int().optional();
const texts = z.array(z.string()).optional();

const keyReference = z.strictObject({
  name: z.string().default(""),
  key: z.string().default(""),
  optional: z.boolean().optional(),
});
const secretOrConfigMap = z.strictObject({ secret: keyReference.optional(), configMap: keyReference.optional() });

const tls = z.strictObject({
  ca: secretOrConfigMap.optional(),
  cert: secretOrConfigMap.optional(),
  keySecret: keyReference.optional(),
  serverName: text,
  [skipVerifyField]: flag,
  minVersion: text,
  maxVersion: text,
  caFile: text,
  certFile: text,
  keyFile: text,
});

const proxy = {
  proxyUrl: text,
  noProxy: text,
  proxyFromEnvironment: flag,
  proxyConnectHeader: z.record(z.string(), z.array(keyReference)).optional(),
};

const relabelings = z
  .array(
    z.strictObject({
      sourceLabels: texts,
      separator: text,
      targetLabel: text,
      regex: text,
      modulus: whole,
      replacement: text,
      action: text,
    }),
  )
  .optional();

const endpoint = z.strictObject({
  port: text,
  portNumber: whole,
  targetPort: z.union([z.string(), z.int()]).optional(),
  path: text,
  scheme: text,
  params: z.record(z.string(), z.array(z.string())).optional(),
  interval: text,
  scrapeTimeout: text,
  honorLabels: flag,
  honorTimestamps: flag,
  trackTimestampsStaleness: flag,
  metricRelabelings: relabelings,
  relabelings,
  filterRunning: flag,
  followRedirects: flag,
  enableHttp2: flag,
  tlsConfig: tls.optional(),
  basicAuth: z.strictObject({ username: keyReference.optional(), password: keyReference.optional() }).optional(),
  authorization: z.strictObject({ type: text, credentials: keyReference.optional() }).optional(),
  oauth2: z
    .strictObject({
      clientId: secretOrConfigMap.optional(),
      clientSecret: keyReference.optional(),
      tokenUrl: text,
      scopes: texts,
      endpointParams: z.record(z.string(), z.string()).optional(),
      tlsConfig: tls.optional(),
      ...proxy,
    })
    .optional(),
  bearerTokenSecret: keyReference.optional(),
  bearerTokenFile: text,
  ...proxy,
});

const common = {
  jobLabel: text,
  podTargetLabels: texts,
  selector: z.strictObject({
    matchLabels: z.record(z.string(), z.string()).optional(),
    matchExpressions: z
      .array(z.strictObject({ key: z.string(), operator: z.enum(labelOperators), values: texts }))
      .optional(),
  }),
  selectorMechanism: text,
  namespaceSelector: z.strictObject({ any: flag, matchNames: texts }).optional(),
  sampleLimit: whole,
  targetLimit: whole,
  labelLimit: whole,
  labelNameLengthLimit: whole,
  labelValueLengthLimit: whole,
  keepDroppedTargets: whole,
  bodySizeLimit: text,
  scrapeProtocols: texts,
  fallbackScrapeProtocol: text,
  scrapeNativeHistograms: flag,
  scrapeClassicHistograms: flag,
  nativeHistogramBucketLimit: whole,
  nativeHistogramMinBucketFactor: z.union([z.string(), z.number()]).optional(),
  convertClassicHistogramsToNHCB: flag,
  extraScrapeMetrics: flag,
  attachMetadata: z.strictObject({ node: flag }).optional(),
  scrapeClass: text,
};

/** The fields of both kinds, as of version 0.95 of the operator's API. */
const specs: Readonly<Record<MonitorKind, z.ZodType>> = {
  ServiceMonitor: z.strictObject({
    ...common,
    endpoints: z.array(endpoint),
    targetLabels: texts,
    serviceDiscoveryRole: text,
  }),
  PodMonitor: z.strictObject({ ...common, podMetricsEndpoints: z.array(endpoint) }),
};

export interface ReadSpec {
  /** Missing if the spec cannot be read. */
  readonly spec?: MonitorSpec;
  readonly faults: readonly MonitorFault[];
}

/** Reads a monitor's spec. Unknown fields are reported and left out; a value of another type rejects the monitor. */
export function readSpec(kind: MonitorKind, written: unknown): ReadSpec {
  const place = placeOfLostKey(written);
  if (place !== undefined) {
    const problem = `has a key named ${lostKey}, which this program cannot read`;
    return { faults: [fault(join("", place), "monitor", problem, "Rename it")] };
  }
  const result = specs[kind].safeParse(written ?? {});
  if (result.success) return { spec: result.data as MonitorSpec, faults: [] };
  const { issues } = result.error;
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...(issue.path as PathKey[]), key]) : [],
  );
  const wrong = issues.filter(({ code }) => code !== "unrecognized_keys");
  const faults = [
    ...unknown.map((path) => fault(join("", path), "field", "is not a field that this program knows", meant(path))),
    ...wrong.map(({ path }) => {
      const is = valueAt(written, path as PathKey[]) === undefined ? "is missing" : "has a value of another type";
      return fault(join("", path as PathKey[]), "monitor", is, "Write it as the operator's API reference describes");
    }),
  ];
  if (wrong.length > 0) return { faults };
  const again = specs[kind].safeParse(without(written, unknown));
  return again.success ? { spec: again.data as MonitorSpec, faults } : { faults };
}

/**
 * A key that JavaScript reads in the cluster's answer, and that the check of types would leave out without notice: a selector
 * without one of its labels selects more.
 */
const lostKey = "__proto__";

/** Returns the place of the first object with such a key. */
function placeOfLostKey(value: unknown, path: readonly PathKey[] = []): readonly PathKey[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, lostKey)) return path;
  for (const [key, part] of Object.entries(value)) {
    const found = placeOfLostKey(part, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

const known = [...Object.keys(common), ...Object.keys(endpoint.shape), ...Object.keys(tls.shape), "targetLabels"];

function meant(path: readonly PathKey[]): string {
  const near = nearest(String(path.at(-1)), known);
  return near === undefined ? "Remove it if the metrics are as you want them without" : didYouMean(near);
}

function valueAt(value: unknown, path: readonly PathKey[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Readonly<Record<PathKey, unknown>> | undefined)?.[key], value);
}

/** Returns a copy without the fields at these paths. */
function without(value: unknown, paths: readonly (readonly PathKey[])[]): unknown {
  const copy = structuredClone(value);
  for (const path of paths) {
    const parent = valueAt(copy, path.slice(0, -1)) as Record<PathKey, unknown>;
    delete parent[path.at(-1) ?? ""];
  }
  return copy;
}
