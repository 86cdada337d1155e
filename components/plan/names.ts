import { createHash } from "node:crypto";
import { defaultNamespace, workloadNames } from "../contract";

/**
 * Returns a name that changes with the content. An object with such a name is never edited, so pods always run with
 * exactly the content they were started with, and the preview shows a change as a new object.
 */
export function contentName(base: string, content: string): string {
  return `${base}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}`;
}

/**
 * Returns the name of an object that is not in the stack's own namespace, such as a cluster role. It contains that
 * namespace, so several stacks can share a cluster, each in its own namespace. Names and namespaces have no dots, so
 * the results never collide. Names for the namespace `usual` stay unchanged.
 */
export function nameOutside(namespace: string, name: string, usual = defaultNamespace): string {
  return namespace === usual ? name : `${name}.${namespace}`;
}

/**
 * Returns the engine's name of a resource in a namespace. After a change of the namespace, all resources have other
 * names, so they are new resources and not replacements. If that update fails and the user goes back to the old
 * namespace, its objects are unchanged. Replaced objects would be pending deletion, and the engine would still delete
 * them.
 */
export function resourceNameIn(namespace: string, name: string, usual = defaultNamespace): string {
  return namespace === usual ? name : `${name}-${namespace}`;
}

/** Returns whether an object outside of the namespace belongs to this namespace's stack, by its name. */
export function isNameOutside(namespace: string, name: string): boolean {
  return namespace === defaultNamespace ? !name.includes(".") : name.endsWith(`.${namespace}`);
}

/** Returns the names of all objects of a stack's collectors outside of the namespace, such as priority classes. */
export function namesOutside(namespace: string): string[] {
  const collectors = [workloadNames.gateway, ...Object.values(workloadNames.agents), workloadNames.logAgent];
  return collectors.map((name) => nameOutside(namespace, name));
}
