import { z } from "zod";
import type { Later } from "./plain";

/**
 * The valid rest of a value, without the parts that do not fit the schema. Defaults are applied. `undefined` means
 * unknown: the field was faulty, or was left out and has no default.
 */
export type Sound<T> = T extends Later | string | number | boolean | undefined
  ? T | undefined
  : T extends readonly (infer Item)[]
    ? readonly Sound<Item>[] | undefined
    : { readonly [Key in keyof T]?: Sound<T[Key]> } | undefined;

/**
 * Reads what is sound in a value. Checks run on this reading, so a typo in one field never hides what is wrong with
 * another, and no check reports what merely follows from a fault that was reported already.
 */
export function readSound<S extends z.ZodType>(schema: S, value: unknown): Sound<z.output<S>> {
  return lenient(schema).parse(value) as Sound<z.output<S>>;
}

const cache = new WeakMap<z.core.$ZodType, z.ZodType>();

function lenient(schema: z.core.$ZodType): z.ZodType {
  const known = cache.get(schema) ?? orNothing(inner(schema as z.core.$ZodTypes));
  cache.set(schema, known);
  return known;
}

function inner(schema: z.core.$ZodTypes): z.core.$ZodType {
  const { def } = schema._zod;
  if (def.type === "object")
    return z.object(Object.fromEntries(Object.entries(def.shape).map(([key, child]) => [key, lenient(child)])));
  if (def.type === "array") return z.array(lenient(def.element));
  if (def.type === "optional") return z.optional(inner(def.innerType as z.core.$ZodTypes));
  if (def.type === "default") return z._default(inner(def.innerType as z.core.$ZodTypes), def.defaultValue);
  if (def.type === "prefault") return z.prefault(inner(def.innerType as z.core.$ZodTypes), def.defaultValue);
  return schema;
}

const orNothing = (schema: z.core.$ZodType): z.ZodType =>
  z.union([schema, z.unknown().transform((): undefined => undefined)]).optional();
