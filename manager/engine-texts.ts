/**
 * Texts of the Pulumi engine (3.216 and 3.276) that the manager reads, because the engine reports these facts in no other way.
 * Each row has an example of a line, and a test matches the row's pattern against it.
 */
const rows = {
  /** The owner of a stack's lock. Only states in files and buckets have such locks. */
  lockOwner: {
    pattern: /created by \S*@(\S+) \(pid (\d+)\) at (\S+)/g,
    recorded:
      "  file:///state/.pulumi/locks/organization/telemetry/prod/6c8f.json: created by telemetry@manager-0 (pid 42) at 2026-05-01T10:00:07+02:00",
  },
  /** The error of a command that names a stack. */
  missingStack: { pattern: /no stack named .* found/, recorded: "error: no stack named 'prdo' found" },
  /** The engine's last diagnostic of an update that failed. It adds nothing to the others. */
  failed: { pattern: /^(?:update|preview) failed$/, recorded: "update failed" },
  /** Marks for colors, which the engine's events contain even if its output has no colors. */
  colors: { pattern: /<\{%[^%]*%\}>/g, recorded: "<{%reset%}>update failed<{%reset%}>" },
} as const;

export const engineTexts: Readonly<Record<keyof typeof rows, { readonly pattern: RegExp; readonly recorded: string }>> =
  rows;

/** The owner of a stack's lock. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
  /** When the lock was made, in milliseconds since the epoch. The engine prints whole seconds. */
  readonly at: number;
}

/** Reads the owners of the locks from the error of an update of a locked stack. */
export function lockOwners(error: string): LockOwner[] {
  return [...error.matchAll(rows.lockOwner.pattern)].map(([, host = "", pid, at = ""]) => ({
    host,
    pid: Number(pid),
    at: Date.parse(at),
  }));
}

/** Returns whether a command failed because the stack does not exist. */
export const isMissingStack = (error: string): boolean => rows.missingStack.pattern.test(error);

/** Returns whether a diagnostic only states that the update failed. */
export const isOnlyFailure = (diagnostic: string): boolean => rows.failed.pattern.test(diagnostic);

/** Removes the marks for colors. */
export const plainText = (text: string): string => text.replace(rows.colors.pattern, "").trim();
