import { referenceErrors, type ReadSecrets } from "../components/credentials";
import {
  formatFinding,
  parsePipelines,
  PipelineConfigError,
  type Finding,
  type Pipelines,
} from "../components/pipelines";
import type { InputFile } from "./inputs";

/** Why a pipeline of the cluster takes no part in updates. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

export type RefusalReason =
  | "EndpointInvalid"
  | "OTTLSpecInvalid"
  | "ReferencedSecretMissing"
  | "RuntimeAdditionalMetricInvalid"
  | "TLSCertificateExpired"
  | "TLSConfigurationInvalid"
  | "ValidationFailed";

/** What is wrong with a pipeline, looked at alone. Nothing when it can take part. */
export function refusal(file: InputFile, read: ReadSecrets, now: Date): Refusal | undefined {
  const findings = findingsOf(file, read, now);
  if (findings.length === 0) return undefined;
  const message = findings.map(formatFinding).join("\n");
  return { reason: reasonOf(message), message };
}

function findingsOf({ path, text = "" }: InputFile, read: ReadSecrets, now: Date): readonly Finding[] {
  const whatElse = (readable: Pipelines): Finding[] => referenceErrors(readable, read, now);
  try {
    const { pipelines } = parsePipelines({ pipelineFiles: [path] }, { now, readFile: () => text, whatElse });
    return whatElse(pipelines);
  } catch (error) {
    if (error instanceof PipelineConfigError) return error.findings;
    throw error;
  }
}

const signs: readonly (readonly [RegExp, RefusalReason])[] = [
  [/ refers to /, "ReferencedSecretMissing"],
  [/expired/, "TLSCertificateExpired"],
  [/\.tls\b/, "TLSConfigurationInvalid"],
  [/\.endpoint\b/, "EndpointInvalid"],
  [/\.(transform|filter)\b/, "OTTLSpecInvalid"],
  [/\.additionalMetrics\b/, "RuntimeAdditionalMetricInvalid"],
];

/** The reason that says most about findings. */
function reasonOf(text: string): RefusalReason {
  return signs.find(([sign]) => sign.test(text))?.[1] ?? "ValidationFailed";
}

/**
 * Whom of the pipelines of the cluster a refused update is the fault of, by their files, each with its part of the
 * message: only all of them together showed it, or only the collector saw it.
 */
export function blame(message: string, files: readonly string[]): Map<string, Refusal> {
  const lines = message.split("\n");
  const blamed = files.flatMap((file): [string, Refusal][] => {
    const own = lines.filter((line) => line.trimStart().startsWith(`${file}#1:`)).map((line) => line.trim());
    return own.length > 0 ? [[file, { reason: reasonOf(own.join("\n")), message: own.join("\n") }]] : [];
  });
  return new Map(blamed);
}
