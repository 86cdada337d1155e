import { isUtf8 } from "node:buffer";
import type { ClusterAccess } from "../cluster-access";
import { runJobSync } from "../outside";
import { error, type Finding } from "../schema";
import type { SecretKeyReference } from "../settings";
// Declares the job: Pulumi compiles only what is imported.
import type {} from "./read-secrets";

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
  /** `ConfigMap` for an object of that kind, which has the same form. A Secret by default. */
  readonly kind?: "ConfigMap";
  /** The keys that are wanted. All by default. */
  readonly keys?: readonly string[];
}

/** An object's data in base64 by key, or why it could not be read: `tooLong` if all texts together are too long. */
export type SecretReading =
  | { readonly data: Readonly<Record<string, string>> }
  | { readonly problem: "missing" | "forbidden" | "unreachable" | "tooLong"; readonly detail: string };

export type ReadSecrets = (secrets: readonly SecretName[]) => readonly SecretReading[];

/** Time limit for reading all Secrets together, in seconds. */
const timeout = 30;

/** Reads Secrets from the cluster and blocks: a component reports all problems before it makes its first resource. */
export function secretReader(access: ClusterAccess): ReadSecrets {
  return (secrets) => {
    if (secrets.length === 0) return [];
    try {
      return runJobSync("read-secrets", { ...access, secrets }, timeout);
    } catch (error) {
      return secrets.map(() => ({ problem: "unreachable", detail: (error as Error).message }));
    }
  };
}

/** A reference to a key of a Secret, with its place in the configuration for messages. */
export interface PlacedReference {
  readonly path: string;
  readonly reference: SecretKeyReference;
}

/** Identifies a key of a Secret. */
export function referenceId({ namespace, name, key }: SecretKeyReference): string {
  return `${namespace}/${name}/${key}`;
}

export interface ResolvedReferences {
  /** The texts by `referenceId`. */
  readonly texts: ReadonlyMap<string, string>;
  /** One for each reference without a text. Nothing of a Secret's content is ever part of it. */
  readonly findings: readonly Finding[];
  /** Whether the cluster answered. If not, the findings are about the cluster and not about the references. */
  readonly answered: boolean;
}

export function resolveReferences(references: readonly PlacedReference[], read: ReadSecrets): ResolvedReferences {
  const secrets = [
    ...new Map(
      references.map(({ reference: { namespace, name } }) => [`${namespace}/${name}`, { namespace, name }]),
    ).entries(),
  ];
  const readings = read(secrets.map(([, secret]) => secret));
  const bySecret = new Map(secrets.map(([id], index) => [id, readings[index]]));
  const texts = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { path, reference } of references) {
    const reading = bySecret.get(`${reference.namespace}/${reference.name}`);
    const bytes = bytesOf(reference, reading);
    // As text, other bytes would silently become another credential.
    if (bytes && isUtf8(bytes)) texts.set(referenceId(reference), bytes.toString("utf8"));
    else findings.push(bytes ? notText(path, reference) : explain(path, reference, reading));
  }
  const answered = readings.some((reading) => !("problem" in reading) || reading.problem !== "unreachable");
  return { texts, findings, answered };
}

/** Returns a key's bytes. A key may have the name of a property that every object has, such as `constructor`. */
function bytesOf({ key }: SecretKeyReference, reading: SecretReading | undefined): Buffer | undefined {
  if (!reading || !("data" in reading) || !Object.hasOwn(reading.data, key)) return undefined;
  return Buffer.from(reading.data[key] ?? "", "base64");
}

function notText(path: string, { namespace, name, key }: SecretKeyReference): Finding {
  return error(
    path,
    `is not valid UTF-8 text at the key ${key} of Secret ${name} in namespace ${namespace}`,
    "Store it there as UTF-8 text, certificates and keys as PEM",
  );
}

function explain(
  path: string,
  { namespace, name, key }: SecretKeyReference,
  reading: SecretReading | undefined,
): Finding {
  const refers = `refers to the key ${key} of Secret ${name} in namespace ${namespace},`;
  if (reading === undefined || !("problem" in reading)) {
    return error(path, `${refers} which has no such key`, "Correct the key", "SecretMissing");
  }
  switch (reading.problem) {
    case "missing":
      return error(
        path,
        `${refers} which does not exist`,
        "Create the Secret or correct the reference",
        "SecretMissing",
      );
    case "forbidden": {
      const remedy = `Get the right to get Secrets in namespace ${namespace}`;
      return error(path, `${refers} which you may not read`, remedy, "SecretMissing");
    }
    case "tooLong":
      return error(
        path,
        `${refers} and all Secrets together are too long to be read`,
        "Keep only what is needed in them",
      );
    case "unreachable":
      return error(
        path,
        `${refers} which could not be read (${reading.detail})`,
        "Check that the kubeconfig names a cluster that answers, and a login that is still valid",
        "SecretNotRead",
      );
  }
}
