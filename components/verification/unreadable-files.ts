import { containerOfFile } from "../inputs";
import { logValue } from "./log-value";

/** A container's file that a log agent could not read. */
export interface UnreadableFile {
  /** Id of the receiver, which is one for each pipeline. */
  readonly receiver: string;
  /** `NAMESPACE/POD (CONTAINER)`. */
  readonly container: string;
  readonly cause: UnreadableCause;
}

export type UnreadableCause = (typeof causes)[number][0] | "other";

/** The errors of the operating system, with which the collector's errors end. */
const causes = [
  ["denied", "permission denied"],
  ["missing", "no such file or directory"],
  ["tooMany", "too many open files"],
] as const;

/** The receiver's messages about a file that it cannot open or read. It logs a denied file once, others at each look. */
const failures = ["Failed to open file - unreadable", "Failed to open file", "failed during scan", "failed to seek"];
const recovery = "Previously unreadable file is now readable";

/** Lines about one file. A file that the kubelet deletes between listing and opening has one such line. */
const repeated = 3;

/** Reads the files that the log agent of one node cannot read. */
export function readUnreadableFiles(log: string): UnreadableFile[] {
  const found = new Map<string, { readonly file: UnreadableFile; readonly lines: number }>();
  for (const text of log.split("\n")) {
    const message = logValue("msg", text);
    if (message === undefined || (message !== recovery && !failures.includes(message))) continue;
    const receiver = logValue("otelcol.component.id", text);
    const path = logValue("original_path", text) ?? logValue("path", text) ?? "";
    const container = containerOfFile(path);
    if (receiver === undefined || container === undefined) continue;
    const key = `${receiver} ${path}`;
    if (message === recovery) found.delete(key);
    else {
      const lines = (found.get(key)?.lines ?? 0) + 1;
      found.set(key, { file: { receiver, container, cause: causeOf(logValue("error", text) ?? "") }, lines });
    }
  }
  const lasting = [...found.values()].filter(({ file: { cause }, lines }) => cause === "denied" || lines >= repeated);
  return lasting.map(({ file }) => file);
}

function causeOf(error: string): UnreadableCause {
  return causes.find(([, end]) => error.endsWith(end))?.[0] ?? "other";
}
