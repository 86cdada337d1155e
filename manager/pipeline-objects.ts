import { referenceErrors, type ReadSecrets } from "../components/credentials";
import { PipelineConfigError } from "../components/config-error";
import { formatFinding, type Finding, type FindingCode } from "../components/schema";
import { parsePipelines, type ParseOptions } from "../components/settings";
import type { ReasonOf } from "../components/verification";
import type { InputFile } from "./stack-inputs";

/** Why a pipeline object is not part of updates. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

type RefusalReason = ReasonOf<"ConfigurationGenerated", "False">;

/** Checks a pipeline object alone. Returns nothing if it can be part of updates. */
export function refusal(file: InputFile, read: ReadSecrets, now: Date): Refusal | undefined {
  const findings = findingsOf(file, read, now);
  return findings.length === 0 ? undefined : refusalOf(file.path, findings);
}

function findingsOf({ path, text = "" }: InputFile, read: ReadSecrets, now: Date): readonly Finding[] {
  const whatElse: ParseOptions["whatElse"] = (readable) => referenceErrors(readable, read, now);
  try {
    return referenceErrors(
      parsePipelines({ pipelineFiles: [path] }, { now, readFile: () => text, whatElse }),
      read,
      now,
    );
  } catch (error) {
    if (error instanceof PipelineConfigError) return error.findings;
    throw error;
  }
}

/** Reasons of findings with a code. The first row that applies to any finding gives the reason of all. */
const reasonsByCode: readonly (readonly [FindingCode, RefusalReason])[] = [
  ["SecretMissing", "ReferencedSecretMissing"],
  ["SecretNotRead", "ReferencedSecretMissing"],
  ["CertificateExpired", "TLSCertificateExpired"],
];

/** Reasons of findings by their field, for refusals without a code. */
const reasonsByField: readonly (readonly [string, RefusalReason])[] = [
  ["spec.output.otlp.tls", "TLSConfigurationInvalid"],
  ["spec.output.otlp.endpoint", "EndpointInvalid"],
  ["spec.transform", "OTTLSpecInvalid"],
  ["spec.filter", "OTTLSpecInvalid"],
  ["spec.input.runtime.additionalMetrics", "RuntimeAdditionalMetricInvalid"],
];

function refusalOf(file: string, findings: readonly Finding[]): Refusal {
  const [, reason = "ValidationFailed"] =
    reasonsByCode.find(([code]) => findings.some((finding) => finding.code === code)) ??
    reasonsByField.find(([field]) => findings.some(({ path }) => isWithin(path, `${documentOf(file)}:${field}`))) ??
    [];
  return { reason, message: findings.map(formatFinding).join("\n") };
}

/** Returns the refusals of the pipeline objects that findings are about, by their files. */
export function refusalsOf(findings: readonly Finding[], files: readonly string[]): Map<string, Refusal> {
  const refused = files.flatMap((file): [string, Refusal][] => {
    const own = findings.filter(({ path }) => isWithin(path, documentOf(file)));
    return own.length > 0 ? [[file, refusalOf(file, own)]] : [];
  });
  return new Map(refused);
}

/** The path of a pipeline object in findings: the file of an object has one document. */
const documentOf = (file: string): string => `${file}#1`;

/** Returns whether a path is another one, or a part of it. */
function isWithin(path: string, other: string): boolean {
  return path === other || (path.startsWith(other) && [".", "[", ":"].includes(path.charAt(other.length)));
}
