import type { z } from "zod";
import { notes, type Notes } from "./fields";
import type { PathKey } from "./findings";

/** A schema without its wrappers: what is left when "optional" and "has a default" are taken off. */
export interface Unwrapped {
  readonly schema: z.core.$ZodTypes;
  readonly optional: boolean;
  /** The default as the user would write it; there is none for a struct, whose fields have their own. */
  readonly byDefault?: unknown;
  readonly notes?: Notes;
}

export function unwrap(schema: z.core.$ZodType): Unwrapped {
  const known = schema as z.core.$ZodTypes;
  const def = known._zod.def;
  if (def.type !== "optional" && def.type !== "default" && def.type !== "prefault") {
    return { schema: known, optional: false, notes: notes.get(schema) };
  }
  const inner = unwrap(def.innerType);
  return {
    ...inner,
    optional: true,
    ...(def.type === "default" ? { byDefault: def.defaultValue } : {}),
    notes: notes.get(schema) ?? inner.notes,
  };
}

/** The fields of an object's schema, in the order in which they were declared; nothing for other schemas. */
export function fieldsOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  const { _zod } = unwrap(schema).schema;
  return _zod.def.type === "object" ? _zod.def.shape : {};
}

export function itemOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { _zod } = unwrap(schema).schema;
  if (_zod.def.type === "array") return _zod.def.element;
  return _zod.def.type === "record" ? _zod.def.valueType : undefined;
}

/** The schema at a path; nothing where the path leaves the schema. */
export function schemaAt(schema: z.core.$ZodType, path: readonly PathKey[]): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>((at, key) => at && (itemOf(at) ?? own(fieldsOf(at), key)), schema);
}

const own = <T>(of: Readonly<Record<string, T>>, key: PathKey): T | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined;

/** Paths of the fields with this name, below a schema: `["output", "otlp", "endpoint"]`, `["filter[]", "conditions"]`. */
export function pathsTo(name: string, schema: z.core.$ZodType): string[][] {
  return Object.entries(fieldsOf(schema)).flatMap(([key, child]) => {
    const item = itemOf(child);
    return [
      ...(key === name ? [[key]] : []),
      ...pathsTo(name, item ?? child).map((path) => [item ? `${key}[]` : key, ...path]),
    ];
  });
}
