import * as pulumi from "@pulumi/pulumi";
import { errorsOf, formatFinding, PipelineConfigError, warningsOf, type Finding } from "../schema";
import {
  checkPipelineTexts,
  checkWhenKnown,
  endpointTarget,
  outputValues,
  serviceName,
  type ParsedConfiguration,
  type Pipeline,
  type SecretKeyReference,
} from "../settings";
import { credentialsFindings } from "./secret-size";
import { credentialFiles } from "./credential-files";
import { referenceId, resolveReferences, type PlacedReference, type ReadSecrets } from "./source-secrets";

/** Where a pipeline's data goes, as far as others may know. */
export interface Backend {
  /** Missing when the address is kept in a Secret. */
  readonly host?: string;
  readonly port: number;
  /** Of a secret address: whether it is, or may be, a Service of the cluster. */
  readonly service?: "certain" | "possible";
}

export interface ResolvedPipelines {
  /** The content of the merged Secret, by key: literal values, and those of the referenced Secrets as they are now. */
  readonly files: Readonly<Record<string, pulumi.Output<string>>>;
  /** Where data and requests for tokens of these pipelines go. */
  readonly backends: (of: (pipeline: Pipeline) => boolean) => pulumi.Output<readonly Backend[]>;
  /** What showed only when all texts were known. */
  readonly lateWarnings: pulumi.Output<readonly Finding[]>;
}

/**
 * Gets at everything that the pipelines only refer to. Throws one `PipelineConfigError` for everything that is missing
 * in the cluster or unfit for its place. What shows only next to texts that are inside Outputs makes the Outputs that
 * are returned fail: those that a program gives, and a certificate in the configuration to a key in a Secret.
 */
export function resolvePipelines(
  parsed: ParsedConfiguration,
  read: ReadSecrets,
  now: Date,
  warn: (message: string) => void,
): ResolvedPipelines {
  const { texts, findings } = resolveReferences(placedReferences(parsed.pipelines), read);
  const textOf = (reference: SecretKeyReference): string => texts.get(referenceId(reference)) ?? "";
  const errors = [...findings, ...errorsOf(findingsOfReferences(parsed.pipelines, texts, now))];
  if (errors.length > 0) throw new PipelineConfigError(errors);

  const sound = lateWarnings(checkWhenKnown(parsed, textOf, now), warn);
  const sources = credentialFiles(parsed.pipelines);
  const contents = sources.map(({ key, values, content }) => {
    const parts = values.map(({ path, value }) => ({
      path,
      text: value.kind === "literal" ? value.value : textOf(value),
    }));
    return pulumi.secret(
      pulumi.all([pulumi.all(parts), sound]).apply(([known]) => ({
        key,
        parts: known,
        text: content(known.map(({ text }) => text)),
      })),
    );
  });
  const fitting = pulumi.all(contents).apply((all) => {
    const errors = credentialsFindings(
      all.map(({ text }) => text),
      all.flatMap(({ parts }) => parts),
    );
    if (errors.length > 0) throw new PipelineConfigError(errors);
    return new Map(all.map(({ key, text }) => [key, text]));
  });
  const files = Object.fromEntries(sources.map(({ key }) => [key, fitting.apply((all) => all.get(key) ?? "")]));
  return { files, backends: (of) => backendsOf(parsed.pipelines.filter(of), textOf), lateWarnings: sound };
}

/**
 * What is wrong with the references of pipelines, for those who have something else to tell as well: when the cluster
 * does not answer, that is no more than a second worry, and nothing is told.
 */
export function referenceErrors(pipelines: readonly Pipeline[], read: ReadSecrets, now: Date): Finding[] {
  const { texts, findings, answered } = resolveReferences(placedReferences(pipelines), read);
  return answered ? [...findings, ...errorsOf(findingsOfReferences(pipelines, texts, now))] : [];
}

/**
 * Fails with all errors that can be known. In a preview, `pulumi.all` would never tell them while one pipeline has a
 * text that stays unknown, so each pipeline hands in its own findings, and all are waited for, known or not.
 */
function lateWarnings(
  checks: readonly pulumi.Output<Finding[]>[],
  warn: (message: string) => void,
): pulumi.Output<Finding[]> {
  const known: Finding[][] = checks.map(() => []);
  const handedIn = checks.map((check, i) => check.apply((findings) => (known[i] = findings)));
  // Of all that an Output promises, this comes whether or not its value is known.
  return pulumi.output(Promise.all(handedIn.map((output) => pulumi.isSecret(output)))).apply(() => {
    const findings = known.flat();
    for (const warning of warningsOf(findings)) warn(formatFinding(warning));
    if (errorsOf(findings).length > 0) throw new PipelineConfigError(errorsOf(findings));
    return pulumi.all(handedIn).apply((all) => warningsOf(all.flat()));
  });
}

/** Every reference of the pipelines to a Secret, with its place. */
export function placedReferences(pipelines: readonly Pipeline[]): PlacedReference[] {
  return pipelines
    .flatMap(outputValues)
    .flatMap(({ path, value }) => (value.kind === "secretKeyRef" ? [{ path, reference: value }] : []));
}

function backendsOf(
  pipelines: readonly Pipeline[],
  textOf: (reference: SecretKeyReference) => string,
): pulumi.Output<readonly Backend[]> {
  const addresses = pipelines
    .flatMap(outputValues)
    .filter(({ row }) => row.kind === "address")
    .map(({ value }) =>
      value.kind === "literal"
        ? { isSecret: pulumi.isSecret(value.value), text: value.value }
        : { isSecret: true, text: textOf(value) },
    );
  // A port tells nothing that a Secret is for, nor that it is a Service; the host of a secret address stays out.
  return pulumi.unsecret(
    pulumi.all(addresses).apply((all) =>
      all.flatMap(({ isSecret, text }): Backend[] => {
        const target = endpointTarget(text);
        if (!target) return [];
        const { host, port } = target;
        if (!isSecret) return [{ host, port }];
        const service = serviceName(host);
        return [{ port, ...(service && { service: service.certain ? "certain" : "possible" }) }];
      }),
    ),
  );
}

/** What is wrong with the texts that came from Secrets, as far as it shows without those that are not known yet. */
function findingsOfReferences(
  pipelines: readonly Pipeline[],
  texts: ReadonlyMap<string, string>,
  now: Date,
): Finding[] {
  return pipelines.flatMap((pipeline) => {
    const known = outputValues(pipeline).flatMap(({ field, value }): [string, string][] => {
      const text = value.kind === "secretKeyRef" ? texts.get(referenceId(value)) : undefined;
      return text === undefined ? [] : [[field, text]];
    });
    return known.length > 0 ? checkPipelineTexts(pipeline, new Map(known), now) : [];
  });
}
