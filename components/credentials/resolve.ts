import * as pulumi from "@pulumi/pulumi";
import { PipelineConfigError } from "../config-error";
import { errorsOf, formatFinding, warningsOf, type Finding } from "../schema";
import {
  checkPipelineTexts,
  checkToken,
  checkTokensWhenKnown,
  checkWhenKnown,
  endpointTarget,
  outputValues,
  serviceName,
  type ParsedConfiguration,
  type Pipeline,
  type SecretKeyReference,
  type TargetToken,
  type Value,
} from "../settings";
import { credentialsFindings } from "./secret-size";
import { credentialFiles } from "./credential-files";
import { referenceId, resolveReferences, type PlacedReference, type ReadSecrets } from "./source-secrets";

/** The address that a pipeline sends to, without the parts that are secret. */
export interface Backend {
  /** Missing when the address is kept in a Secret. */
  readonly host?: string;
  readonly port: number;
  /** Whether a secret address is, or may be, a Service of the cluster. Missing for other addresses. */
  readonly service?: "certain" | "possible";
}

/** The owners of credentials. */
type Credentials = Pick<ParsedConfiguration, "pipelines" | "tokens">;

export interface ResolvedPipelines {
  /** The content of the merged Secret, by key: literal values, and those of the referenced Secrets as they are now. */
  readonly files: Readonly<Record<string, pulumi.Output<string>>>;
  /** Returns the addresses that the selected pipelines send data and token requests to. */
  readonly backends: (of: (pipeline: Pipeline) => boolean) => pulumi.Output<readonly Backend[]>;
  /** Warnings that can be found only when all texts are known. */
  readonly lateWarnings: pulumi.Output<readonly Finding[]>;
}

/**
 * Reads the Secrets that the pipelines reference. Throws one `PipelineConfigError` with all references that are
 * missing in the cluster or unfit for their place. Some errors can be found only with texts inside Outputs: texts that
 * a program passes, or a certificate in the configuration whose key is in a Secret. Such errors make the
 * returned Outputs fail.
 */
export function resolvePipelines(
  parsed: ParsedConfiguration,
  read: ReadSecrets,
  now: Date,
  warn: (message: string) => void,
): ResolvedPipelines {
  const { pipelines, tokens } = parsed;
  const { texts, findings } = resolveReferences(placedReferences(pipelines, tokens), read);
  const textOf = (reference: SecretKeyReference): string => texts.get(referenceId(reference)) ?? "";
  const errors = [...findings, ...errorsOf(findingsOfReferences(parsed, texts, now))];
  if (errors.length === 0) errors.push(...tooLong(parsed, textOf));
  if (errors.length > 0) throw new PipelineConfigError(errors);

  const sound = lateWarnings([...checkWhenKnown(parsed, textOf, now), ...checkTokensWhenKnown(tokens, textOf)], warn);
  const sources = credentialFiles(pipelines, tokens);
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
      all.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
      all.flatMap(({ parts }) => parts.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text) }))),
    );
    if (errors.length > 0) throw new PipelineConfigError(errors);
    return new Map(all.map(({ key, text }) => [key, text]));
  });
  const files = Object.fromEntries(sources.map(({ key }) => [key, fitting.apply((all) => all.get(key) ?? "")]));
  return { files, backends: (of) => backendsOf(pipelines.filter(of), textOf), lateWarnings: sound };
}

/**
 * Reports credentials that are too long together, as far as their lengths are known before any Output is. Errors of Outputs
 * reach the user inside the engine's own words about a property.
 */
function tooLong({ pipelines, tokens }: Credentials, textOf: (reference: SecretKeyReference) => string): Finding[] {
  const texts = credentialFiles(pipelines, tokens)
    .flatMap(({ values }) => values)
    .map(({ path, value }) => ({
      path,
      bytes: value.kind === "literal" ? (value.bytes ?? 0) : Buffer.byteLength(textOf(value)),
    }));
  return credentialsFindings(
    texts.reduce((sum, { bytes }) => sum + bytes, 0),
    texts,
  );
}

/**
 * Returns the errors in the references of pipelines, for callers that already report other errors. Returns none if the
 * cluster does not answer, because the caller's errors matter more than the connection.
 */
export function referenceErrors({ pipelines, tokens }: Credentials, read: ReadSecrets, now: Date): Finding[] {
  const { texts, findings, answered } = resolveReferences(placedReferences(pipelines, tokens), read);
  return answered ? [...findings, ...errorsOf(findingsOfReferences({ pipelines, tokens }, texts, now))] : [];
}

/**
 * Returns the warnings, and fails with all errors that can be known. In a preview, `pulumi.all` reports no error while
 * one pipeline has an unknown text. So each pipeline stores its own findings, and this waits for all, known or not.
 */
function lateWarnings(
  checks: readonly pulumi.Output<Finding[]>[],
  warn: (message: string) => void,
): pulumi.Output<Finding[]> {
  const known: Finding[][] = checks.map(() => []);
  const handedIn = checks.map((check, i) => check.apply((findings) => (known[i] = findings)));
  // `isSecret` resolves even in a preview, where the value stays unknown.
  return pulumi.output(Promise.all(handedIn.map((output) => pulumi.isSecret(output)))).apply(() => {
    const findings = known.flat();
    for (const warning of warningsOf(findings)) warn(formatFinding(warning));
    if (errorsOf(findings).length > 0) throw new PipelineConfigError(errorsOf(findings));
    return pulumi.all(handedIn).apply((all) => warningsOf(all.flat()));
  });
}

/** Returns every reference to a Secret, with its place. */
export function placedReferences(
  pipelines: readonly Pipeline[],
  tokens: readonly TargetToken[] = [],
): PlacedReference[] {
  return [...pipelines.flatMap(outputValues), ...tokens].flatMap(({ path, value }) =>
    value.kind === "secretKeyRef" ? [{ path, reference: value }] : [],
  );
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
  // Neither the port nor the fact that an address is a Service is confidential. The host of a secret address is.
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

/** Returns the findings about texts from Secrets that can be made without the texts that are not known yet. */
function findingsOfReferences(
  { pipelines, tokens }: Credentials,
  texts: ReadonlyMap<string, string>,
  now: Date,
): Finding[] {
  const readText = (value: Value): string | undefined =>
    value.kind === "secretKeyRef" ? texts.get(referenceId(value)) : undefined;
  const ofTokens = tokens.flatMap(({ path, value }) => {
    const text = readText(value);
    return text === undefined ? [] : checkToken(text, path);
  });
  const ofPipelines = pipelines.flatMap((pipeline) => {
    const known = outputValues(pipeline).flatMap(({ field, value }): [string, string][] => {
      const text = readText(value);
      return text === undefined ? [] : [[field, text]];
    });
    return known.length > 0 ? checkPipelineTexts(pipeline, new Map(known), now) : [];
  });
  return [...ofPipelines, ...ofTokens];
}
