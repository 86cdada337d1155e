import type * as pulumi from "@pulumi/pulumi";

/**
 * A value that a program gives as an `Output` or a `Promise`: text that is known later, or, in a preview, not at all.
 * It is a function so that no schema accepts it as an object, a list or text.
 */
export interface Later {
  (): pulumi.Output<unknown>;
  readonly later: true;
}

export const isLater = (value: unknown): value is Later => typeof value === "function" && "later" in value;

const later = (value: pulumi.Output<unknown>): Later => Object.assign(() => value, { later: true as const });

/** Stands for what configuration cannot be (functions, symbols, cyclic objects); no schema accepts it. */
export const notPlain = Symbol("not plain data");

const maxDepth = 64;

/** Returns the Output of a value that is known later, and nothing for one that is known now. */
type OutputOf = (value: unknown) => pulumi.Output<unknown> | undefined;

/**
 * A copy made of nothing but objects, lists, text, numbers, booleans and `Later`, so that what follows needs to fear neither
 * the proxies that Outputs are, nor cycles, nor getters. An object's fields that are null are left out: in YAML, `input:`
 * without a value means the same as a missing `input`.
 */
export function plain(value: unknown, outputOf: OutputOf = () => undefined, depth = 0): unknown {
  const output = outputOf(value);
  if (output !== undefined) return later(output);
  if (depth > maxDepth) return notPlain;
  if (Array.isArray(value)) return value.map((item) => plain(item, outputOf, depth + 1));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
    // Without a prototype, so that a field called `__proto__` or `constructor` is a field like any other.
    return entries.reduce<Record<string, unknown>>(
      (copy, [key, item]) => {
        copy[key] = plain(item, outputOf, depth + 1);
        return copy;
      },
      Object.create(null) as Record<string, unknown>,
    );
  }
  return typeof value === "function" || typeof value === "symbol" ? notPlain : value;
}
