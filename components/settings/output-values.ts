import * as pulumi from "@pulumi/pulumi";
import { error, type Finding, formatFinding, normalizePem } from "../schema";
import { isPlaintext, outputFacts, type OutputTexts } from "./checks";
import { checkTexts } from "./value-checks";
import type { Pipeline } from "./normalize";
import { outputFields, type OutputField } from "./output-value-table";
import type { ParsedConfiguration } from "./parse";
import type { SecretKeyReference, Value } from "./types";

/** A value of a pipeline's output, whatever the source of its text. */
export interface OutputValue extends OutputField<Value> {
  /** Its place in the user's configuration. */
  readonly path: string;
}

/** Returns all values of a pipeline's output. */
export function outputValues(pipeline: Pipeline): OutputValue[] {
  const { headers, ...otlp } = pipeline.output.otlp;
  const values = outputFields<Value>({ ...otlp, headers: headers.map(({ value }) => value) });
  return values.map((one) => ({ ...one, path: `${outputPath(pipeline)}.${one.field}` }));
}

const outputPath = ({ path }: Pipeline): string => `${path}.output.otlp`;

/** Checks the known texts of a pipeline, by `OutputValue.field`. A text that `texts` lacks is not known yet. */
export function checkPipelineTexts(pipeline: Pipeline, texts: OutputTexts, now: Date): Finding[] {
  const facts = outputFacts(pipeline.output.otlp, outputPath(pipeline));
  return [...checkTexts(facts, texts, now), ...lateScheme(pipeline, texts.get("endpoint"), facts.path)];
}

/**
 * Rejects `http://` in a gRPC endpoint from a Secret. The collector's configuration decides whether gRPC uses TLS, and
 * it never contains a text of a Secret.
 */
function lateScheme({ output: { otlp } }: Pipeline, endpoint: string | undefined, path: string): Finding[] {
  const decided = otlp.plaintext || otlp.protocol === "http";
  if (decided || endpoint === undefined || !isPlaintext(endpoint.trim())) return [];
  return [
    error(`${path}.endpoint`, "starts with http:// in a Secret or an Output", "Set `tls.insecure: true` as well"),
  ];
}

/**
 * Returns the findings about texts that were not known while parsing: texts from Secrets, and Outputs of a program.
 * Each pipeline has its own Output, so that in a preview an unknown value delays only the findings of its own pipeline.
 * Findings hold no texts, so they are not secret.
 */
export function checkWhenKnown(
  { pipelines, warnings }: ParsedConfiguration,
  read: (reference: SecretKeyReference) => pulumi.Input<string>,
  now: Date,
): pulumi.Output<Finding[]>[] {
  return pipelines.map((pipeline) => {
    const values = outputValues(pipeline);
    // A known endpoint may change the cause that a finding names, so both wordings count as reported.
    const reported = new Set(
      [...warnings, ...checkPipelineTexts(pipeline, plainTexts(values), now)].map(formatFinding),
    );
    const texts = pulumi.all(
      values.map(({ row, value }) => {
        const text = pulumi.output(value.kind === "literal" ? value.value : read(value));
        return row.pem ? text.apply(normalizePem) : text;
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
