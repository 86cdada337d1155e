import { createHash } from "node:crypto";
import { defaultNamespace } from "../contract";

/**
 * A name that changes with the content: such an object is never edited, so pods always run with exactly the content
 * they were started with, and a change is seen as a new object in the preview.
 */
export function contentName(base: string, content: string): string {
  return `${base}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}`;
}

/**
 * A name for what is not in the namespace itself, so that several stacks can be in one cluster, each with a namespace of
 * its own. No name and no namespace has a dot, so no two of them give the same. `usual` is the namespace that needs no
 * telling apart.
 */
export function nameOutside(namespace: string, name: string, usual = defaultNamespace): string {
  return namespace === usual ? name : `${name}.${namespace}`;
}

/**
 * The engine's name for what is in a namespace: in another one are other resources, not replacements. What goes back to
 * the old one after a failed update finds its objects as they were; were they waiting to be replaced, the engine would
 * still remove them in the end.
 */
export function resourceNameIn(namespace: string, name: string, usual = defaultNamespace): string {
  return namespace === usual ? name : `${name}-${namespace}`;
}

/** Whether an object that is not in the namespace itself is the stack's of this namespace, by its name. */
export function isNameOutside(namespace: string, name: string): boolean {
  return namespace === defaultNamespace ? !name.includes(".") : name.endsWith(`.${namespace}`);
}
