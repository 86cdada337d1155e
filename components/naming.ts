import { createHash } from "node:crypto";

/**
 * A name that changes with the content: such an object is never edited, so pods always run with exactly the content
 * they were started with, and a change is seen as a new object in the preview.
 */
export function contentName(base: string, content: string): string {
  return `${base}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}`;
}
