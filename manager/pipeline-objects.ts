import { referenceErrors, type ReadSecrets } from "../components/credentials";
import { formatFinding, PipelineConfigError, type Finding } from "../components/schema";
import { parsePipelines, type Pipeline } from "../components/settings";
import type { ReasonOf } from "../components/verification";
import type { InputFile } from "./stack-inputs";

/** Why a pipeline of the cluster takes no part in updates. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

type RefusalReason = ReasonOf<"ConfigurationGenerated", "False">;

/** What is wrong with a pipeline, looked at alone. Nothing when it can take part. */
export function refusal(file: InputFile, read: ReadSecrets, now: Date): Refusal | undefined {
  const findings = findingsOf(file, read, now);
  if (findings.length === 0) return undefined;
  return refusalOf(findings.map(formatFinding));
}

function findingsOf({ path, text = "" }: InputFile, read: ReadSecrets, now: Date): readonly Finding[] {
  const whatElse = (readable: readonly Pipeline[]): Finding[] => referenceErrors(readable, read, now);
  try {
    const { pipelines } = parsePipelines({ pipelineFiles: [path] }, { now, readFile: () => text, whatElse });
    return whatElse(pipelines);
  } catch (error) {
    if (error instanceof PipelineConfigError) return error.findings;
    throw error;
  }
}

/** Where in the object, whatever its name is. No name has the spaces that words have. */
const isAt = (place: string): RegExp => new RegExp(`^[^#]+#\\d+:spec\\.${place}\\b`);

const signs: readonly (readonly [RegExp, RefusalReason])[] = [
  [/ refers to the key /, "ReferencedSecretMissing"],
  [/ expired on /, "TLSCertificateExpired"],
  [isAt("output\\.otlp\\.tls"), "TLSConfigurationInvalid"],
  [isAt("output\\.otlp\\.endpoint"), "EndpointInvalid"],
  [isAt("(transform|filter)"), "OTTLSpecInvalid"],
  [isAt("input\\.runtime\\.additionalMetrics"), "RuntimeAdditionalMetricInvalid"],
];

/** Findings, a line each, with the reason that says most about them. */
function refusalOf(lines: readonly string[]): Refusal {
  const found = signs.find(([sign]) => lines.some((line) => sign.test(line)));
  return { reason: found?.[1] ?? "ValidationFailed", message: lines.join("\n") };
}

/**
 * Whom of the pipelines of the cluster a refused update is the fault of, by their files, each with its part of the
 * message: only all of them together showed it, or only the collector saw it.
 */
export function blame(message: string, files: readonly string[]): Map<string, Refusal> {
  const lines = message.split("\n");
  const blamed = files.flatMap((file): [string, Refusal][] => {
    const own = lines.filter((line) => line.trimStart().startsWith(`${file}#1:`)).map((line) => line.trim());
    return own.length > 0 ? [[file, refusalOf(own)]] : [];
  });
  return new Map(blamed);
}
