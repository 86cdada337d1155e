import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Finding, SecretKeyReference } from "../pipelines";

/** How to reach the cluster; what is left out is taken as `kubectl` would, from KUBECONFIG or `~/.kube/config`. */
export interface ClusterAccess {
  /** Path or content of a kubeconfig. */
  readonly kubeconfig?: string;
  /** Context in it. Defaults to its current one. */
  readonly context?: string;
}

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret's data in base64 by key, or why it could not be read. */
export type SecretReading =
  | { readonly data: Readonly<Record<string, string>> }
  | { readonly problem: "missing" | "forbidden" | "unreachable"; readonly detail: string };

export type ReadSecrets = (secrets: readonly SecretName[]) => readonly SecretReading[];

/** Longest wait for all Secrets together, in milliseconds. */
const timeout = 30_000;

/**
 * Reads Secrets from the cluster, at once: a component has to know what is wrong before it makes its first resource,
 * and its constructor cannot wait. The values come through a pipe, never through arguments or the environment.
 */
export function secretReader(access: ClusterAccess): ReadSecrets {
  return (secrets) => {
    if (secrets.length === 0) return [];
    try {
      const answer = execFileSync(process.execPath, [join(__dirname, "read-secrets.cjs")], {
        input: JSON.stringify({ ...access, secrets }),
        encoding: "utf8",
        timeout,
        maxBuffer: 64 * 1024 * 1024,
        stdio: ["pipe", "pipe", "pipe"],
      });
      return JSON.parse(answer) as SecretReading[];
    } catch (error) {
      const { stderr, message } = error as { stderr?: string; message: string };
      const detail = stderr?.trim().split("\n").at(-1) || message;
      return secrets.map(() => ({ problem: "unreachable", detail }));
    }
  };
}

/** References to values, by a name for messages and their place in the configuration. */
export interface PlacedReference {
  readonly path: string;
  readonly reference: SecretKeyReference;
}

/** Identifies a key of a Secret. */
export function referenceId({ namespace, name, key }: SecretKeyReference): string {
  return `${namespace}/${name}/${key}`;
}

/**
 * The texts of all references by `referenceId`, and a finding for each that has none. Nothing of a Secret's content is
 * ever part of a finding.
 */
export function resolveReferences(
  references: readonly PlacedReference[],
  read: ReadSecrets,
): { readonly texts: ReadonlyMap<string, string>; readonly findings: readonly Finding[] } {
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
    const text = reading && "data" in reading ? reading.data[reference.key] : undefined;
    if (text === undefined) findings.push({ severity: "error", path, ...explain(reference, reading) });
    else texts.set(referenceId(reference), Buffer.from(text, "base64").toString("utf8"));
  }
  return { texts, findings };
}

function explain(
  { namespace, name, key }: SecretKeyReference,
  reading: SecretReading | undefined,
): { problem: string; remedy: string } {
  const secret = `Secret ${name} in namespace ${namespace}`;
  if (reading === undefined || !("problem" in reading)) {
    return { problem: `refers to the key ${key} of ${secret}, which has no such key`, remedy: "Correct the key" };
  }
  switch (reading.problem) {
    case "missing":
      return { problem: `refers to ${secret}, which does not exist`, remedy: "Create it or correct the reference" };
    case "forbidden":
      return {
        problem: `refers to ${secret}, which you may not read`,
        remedy: `Get the right to get Secrets in namespace ${namespace}`,
      };
    case "unreachable":
      return {
        problem: `refers to ${secret}, which could not be read (${reading.detail})`,
        remedy: "Check that the kubeconfig names a cluster that answers",
      };
  }
}
