import type { Signal } from "../contract";

const statementsKey = { metrics: "metric_statements", traces: "trace_statements", logs: "log_statements" } as const;

/** Statements of a transform processor. With conditions, they run where one of the conditions holds. */
export interface StatementGroup {
  readonly conditions?: readonly string[];
  readonly statements: readonly string[];
}

/** A transform processor of one signal. */
export function transform(signal: Signal, groups: readonly StatementGroup[]): unknown {
  return {
    // A statement that fails on one item must not cost the whole batch.
    error_mode: "ignore",
    [statementsKey[signal]]: groups.map(({ conditions = [], statements }) => ({
      ...(conditions.length > 0 && { conditions }),
      statements,
    })),
  };
}
