import * as pulumi from "@pulumi/pulumi";
import type { Backend } from "../network";
import {
  checkPipelineTexts,
  checkWhenKnown,
  endpointTarget,
  errorsOf,
  formatFinding,
  outputValues,
  PipelineConfigError,
  warningsOf,
  type Finding,
  type ParsedConfiguration,
  type Pipeline,
  type Pipelines,
  type SecretKeyReference,
} from "../pipelines";
import { credentialsFindings } from "../validation/size";
import { credentialFiles } from "./keys";
import { referenceId, resolveReferences, type PlacedReference, type ReadSecrets } from "./source-secrets";

export { credentialsFolder } from "./keys";
export { MergedSecret } from "./merged-secret";
export { writtenCredentials } from "./written";
export { secretReader, type ClusterAccess, type ReadSecrets, type SecretName } from "./source-secrets";

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
 * in the cluster or unfit for its place.
 */
export function resolvePipelines(
  parsed: ParsedConfiguration,
  read: ReadSecrets,
  now: Date,
  warn: (message: string) => void,
): ResolvedPipelines {
  const { metric, trace, log } = parsed.pipelines;
  const { texts, findings } = resolveReferences(placedReferences(parsed.pipelines), read);
  const textOf = (reference: SecretKeyReference): string => texts.get(referenceId(reference)) ?? "";
  const errors = [...findings, ...errorsOf(findingsOfReferences(parsed, texts, now))];
  if (errors.length > 0) throw new PipelineConfigError(errors);

  const sound = pulumi.all(checkWhenKnown(parsed, textOf, now)).apply((all) => {
    const known = all.flat();
    for (const warning of warningsOf(known)) warn(formatFinding(warning));
    if (errorsOf(known).length > 0) throw new PipelineConfigError(errorsOf(known));
    return warningsOf(known);
  });
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
  return { files, backends: (of) => backendsOf([...metric, ...trace, ...log].filter(of), textOf), lateWarnings: sound };
}

/** Every reference of the pipelines to a Secret, with its place. */
export function placedReferences({ metric, trace, log }: Pipelines): PlacedReference[] {
  return [...metric, ...trace, ...log]
    .flatMap(outputValues)
    .flatMap(({ path, value }) => (value.kind === "secretKeyRef" ? [{ path, reference: value }] : []));
}

const addressFields = ["endpoint", "authentication.oauth2.tokenURL"];

function backendsOf(
  pipelines: readonly Pipeline[],
  textOf: (reference: SecretKeyReference) => string,
): pulumi.Output<readonly Backend[]> {
  const addresses = pipelines
    .flatMap(outputValues)
    .filter(({ field }) => addressFields.includes(field))
    .map(({ value }) => ({
      known: value.kind === "literal" && value.plain !== undefined,
      text: value.kind === "literal" ? (value.plain ?? value.value) : textOf(value),
    }));
  // A port tells nothing that a Secret is for; the host of a secret address stays out.
  return pulumi.unsecret(
    pulumi.all(addresses).apply((all) =>
      all.flatMap(({ known, text }) => {
        const target = endpointTarget(text);
        return target ? [{ host: known ? target.host : undefined, port: target.port }] : [];
      }),
    ),
  );
}

/** What is wrong with the texts that came from Secrets, as far as it shows without those that are not known yet. */
function findingsOfReferences(
  { pipelines: { metric, trace, log } }: ParsedConfiguration,
  texts: ReadonlyMap<string, string>,
  now: Date,
): Finding[] {
  return [...metric, ...trace, ...log].flatMap((pipeline) => {
    const known = outputValues(pipeline).flatMap(({ field, value }): [string, string][] => {
      const text = value.kind === "secretKeyRef" ? texts.get(referenceId(value)) : undefined;
      return text === undefined ? [] : [[field, text]];
    });
    return known.length > 0 ? checkPipelineTexts(pipeline, new Map(known), now) : [];
  });
}
