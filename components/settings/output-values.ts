import * as pulumi from "@pulumi/pulumi";
import { isPlaintext } from "./checks/endpoint";
import { normalizePem } from "./checks/pem";
import { tlsMaterials, type OutputFacts, type OutputTexts } from "./checks/output-facts";
import { checkTexts } from "./checks/value-checks";
import { error, formatFinding, type Finding } from "../schema/findings";
import type { ParsedConfiguration } from "./parse";
import type { Pipeline, SecretKeyReference, Value } from "./types";

/** A value of a pipeline's output, wherever its text comes from. */
export interface OutputValue {
  /** Path below `output.otlp`, unique in the pipeline: `endpoint`, `headers[0]`, `tls.ca`, `authentication.basic.user`, …. */
  readonly field: string;
  /** Where it stands in the user's configuration. */
  readonly path: string;
  readonly value: Value;
  /** Whether it is PEM, in which `\n` may be written for a line break; see `normalizePem`. */
  readonly pem: boolean;
}

/** All values of a pipeline's output. */
export function outputValues(pipeline: Pipeline): OutputValue[] {
  const { endpoint, authentication, headers, tls } = pipeline.output.otlp;
  const ofAuthentication: [string, Value][] =
    authentication?.kind === "basic"
      ? [
          ["authentication.basic.user", authentication.user],
          ["authentication.basic.password", authentication.password],
        ]
      : authentication?.kind === "oauth2"
        ? [
            ["authentication.oauth2.tokenURL", authentication.tokenURL],
            ["authentication.oauth2.clientID", authentication.clientID],
            ["authentication.oauth2.clientSecret", authentication.clientSecret],
          ]
        : [];
  const values: [string, Value | undefined][] = [
    ["endpoint", endpoint],
    ...ofAuthentication,
    ...headers.map(({ value }, i): [string, Value] => [`headers[${i}]`, value]),
    ...tlsMaterials.map((name): [string, Value | undefined] => [`tls.${name}`, tls[name]]),
  ];
  return values.flatMap(([field, value]) =>
    value ? [{ field, path: `${outputPath(pipeline)}.${field}`, value, pem: field.startsWith("tls.") }] : [],
  );
}

const outputPath = ({ path }: Pipeline): string => `${path}.output.otlp`;

/** Checks the texts of a pipeline that are known, by `OutputValue.field`; what is missing in `texts` is not known. */
export function checkPipelineTexts(pipeline: Pipeline, texts: OutputTexts, now: Date): Finding[] {
  const { otlp } = pipeline.output;
  const facts: OutputFacts = {
    path: outputPath(pipeline),
    protocol: otlp.protocol,
    ownPath: otlp.path !== undefined,
    authentication: otlp.authentication?.kind,
    // What the user wrote: an endpoint that starts with http:// is told by its text.
    insecure: otlp.tls.insecure && !isPlain(otlp.endpoint),
    tlsMaterial: tlsMaterials.filter((name) => otlp.tls[name] !== undefined),
    headers: otlp.headers,
  };
  return [...checkTexts(facts, texts, now), ...lateScheme(pipeline, texts.get("endpoint"), facts.path)];
}

/**
 * Whether gRPC uses TLS stands in the collector's configuration, which holds no text of a Secret. An endpoint that
 * comes from one cannot decide it.
 */
function lateScheme({ output: { otlp } }: Pipeline, endpoint: string | undefined, path: string): Finding[] {
  const decided = otlp.tls.insecure || otlp.protocol === "http";
  if (decided || endpoint === undefined || !isPlaintext(endpoint.trim())) return [];
  return [
    error(`${path}.endpoint`, "starts with http:// in a Secret or an Output", "Set `tls.insecure: true` as well"),
  ];
}

const isPlain = (endpoint: Value): boolean =>
  endpoint.kind === "literal" && endpoint.plain !== undefined && isPlaintext(endpoint.plain);

/**
 * The findings that show only when texts are known that were not known while parsing: those read from Secrets, and
 * Outputs of a program. One per pipeline, so that in a preview a value that is not known yet keeps back the findings
 * of its own pipeline only. Findings hold no texts, so they are not secret.
 */
export function checkWhenKnown(
  { pipelines, warnings }: ParsedConfiguration,
  read: (reference: SecretKeyReference) => pulumi.Input<string>,
  now: Date,
): pulumi.Output<Finding[]>[] {
  return [...pipelines.metric, ...pipelines.trace, ...pipelines.log].map((pipeline) => {
    const values = outputValues(pipeline);
    // An endpoint in plain sight tells what `tls.insecure` may have been blamed for, so it was said in other words.
    const reported = new Set(
      [...warnings, ...checkPipelineTexts(pipeline, plainTexts(values), now)].map(formatFinding),
    );
    const texts = pulumi.all(
      values.map(({ value, pem }) => {
        const text = pulumi.output(value.kind === "literal" ? value.value : read(value));
        return pem ? text.apply(normalizePem) : text;
      }),
    );
    const findings = texts.apply((known) =>
      checkPipelineTexts(pipeline, new Map(values.map(({ field }, i) => [field, known[i] ?? ""])), now),
    );
    return pulumi.unsecret(findings.apply((all) => all.filter((finding) => !reported.has(formatFinding(finding)))));
  });
}

const plainTexts = (values: readonly OutputValue[]): OutputTexts =>
  new Map(
    values.flatMap(({ field, value }) =>
      value.kind === "literal" && value.plain !== undefined ? [[field, value.plain] as const] : [],
    ),
  );
