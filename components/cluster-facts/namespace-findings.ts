import { afterDeletion } from "../admission";
import { annotations } from "../contract";
import { error, type Finding } from "../schema";
import type { NamespaceFacts } from "./namespace-facts";

/** The namespace that a stack names, and the stack's setting about it. */
export interface WantedNamespace {
  readonly name: string;
  /** The stack as the namespace's annotations have it. */
  readonly stack: string;
  /** Whether the user states that the namespace belongs to others. */
  readonly isExisting: boolean;
  /** Place of the name in the configuration. */
  readonly path: string;
  /** Place of the setting that the namespace belongs to others; missing where there is no such setting. */
  readonly existingPath?: string;
}

/**
 * Rejects a namespace that the stack did not create, unless the user states that it belongs to others: an update would
 * change it, and `destroy` would delete everything in it. Rejects one that is being deleted, in which an update would
 * fail after it has changed other objects.
 */
export function namespaceFindings(wanted: WantedNamespace, facts: NamespaceFacts | undefined): Finding[] {
  if (facts === undefined) return [];
  if (facts.status === "missing") return wanted.isExisting ? [missing(wanted)] : [];
  const { stack, user, hasAccounts, isTerminating } = facts;
  const other = [stack, user].find((one) => one !== undefined && one !== wanted.stack);
  if (other !== undefined) return [ofOther(wanted, other)];
  if (isTerminating) return [terminating(wanted)];
  const isOwn = stack === wanted.stack || (user === undefined && hasAccounts);
  if (isOwn) return wanted.isExisting ? [created(wanted)] : [];
  return wanted.isExisting ? [] : [foreign(wanted)];
}

const missing = ({ existingPath = "", name }: WantedNamespace): Finding =>
  error(
    existingPath,
    `is true, but the cluster has no namespace ${name}`,
    `Create it: kubectl create namespace ${name}`,
    "ClusterUnfit",
  );

const terminating = ({ path, name }: WantedNamespace): Finding =>
  error(path, `is ${name}, which is being deleted`, afterDeletion(name), "ClusterUnfit");

function ofOther({ path, name, stack }: WantedNamespace, other: string): Finding {
  const rename = `kubectl annotate namespace ${name} --overwrite ${annotations.stack}=${stack}`;
  return error(
    path,
    `is ${name}, which belongs to the stack ${other}`,
    `Name another namespace. If that stack was renamed to ${stack}, run ${rename}`,
    "ClusterUnfit",
  );
}

function created({ existingPath = "", name }: WantedNamespace): Finding {
  return error(
    existingPath,
    `is true, but this stack created the namespace ${name}, and the update would delete it with everything in it`,
    "Remove the setting",
  );
}

function foreign({ path, existingPath, name }: WantedNamespace): Finding {
  const use = existingPath && `. To use this one and leave it when the stack is destroyed, set ${existingPath}: true`;
  return error(
    path,
    `is ${name}, which exists and was not created by this stack`,
    `Name another namespace${use ?? ""}`,
    "ClusterUnfit",
  );
}
