import { z } from "zod";

/** Texts about a field for the reference page, the JSON Schema and messages. */
export interface Notes {
  readonly description: string;
  /** Example of a value. Messages offer it when the field is missing or of the wrong type. */
  readonly example: string;
  /** A limit and, where it is not obvious, its reason. */
  readonly rule?: string;
}

export const notes = z.registry<Notes>();

/** Every field of every schema is made by this, so that none goes without a description. */
export function field<S extends z.ZodType>(schema: S, about: Notes): S {
  notes.add(schema, about);
  return schema;
}

/** Remedies for fields that users of another system write into an object, by name. */
export type ForeignFields = Readonly<Record<string, string>>;

export const foreignFields = z.registry<{ readonly remedies: ForeignFields }>();

/** Adds remedies for fields of another system to an object's schema. They precede the guess that a name is misspelt. */
export function withForeign<S extends z.ZodObject>(schema: S, remedies: ForeignFields): S {
  foreignFields.add(schema, { remedies });
  return schema;
}

/** An object whose unknown fields are errors: a field with a typo must not pass as a field left out. */
export const struct = z.strictObject;

/** A struct that may be left out, because all of its fields may. */
export const orEmpty = <S extends z.ZodObject>(schema: S): z.ZodPrefault<S> => schema.prefault({} as never);

export const flag = (byDefault: boolean, description: string): z.ZodDefault<z.ZodBoolean> =>
  field(z.boolean().default(byDefault), { description, example: String(!byDefault) });

/** `{ enabled: true | false }`, the form in which the pipelines switch parts on and off. */
export function onOff(byDefault: boolean, description: string): z.ZodPrefault<OnOff> {
  const schema = struct({ enabled: flag(byDefault, description) });
  return field(schema.prefault({}), { description, example: `{ enabled: ${!byDefault} }` });
}
type OnOff = z.ZodObject<{ enabled: z.ZodDefault<z.ZodBoolean> }, z.core.$strict>;

/** Which of some fields go together. `issues.ts` makes the message, `json-schema.ts` the JSON Schema of it. */
export interface PresenceRule {
  readonly presence: "exactlyOne" | "atMostOne" | "together";
  readonly fields: readonly string[];
}

function presenceCheck(rule: PresenceRule): z.core.$ZodCheck<object> {
  const allowed = {
    exactlyOne: (present: number) => present === 1,
    atMostOne: (present: number) => present <= 1,
    together: (present: number) => present === 0 || present === rule.fields.length,
  }[rule.presence];
  return z.refine<object>(
    // The presence of a field is known even when its value is wrong.
    (value) =>
      typeof value !== "object" || value === null || Array.isArray(value) || allowed(presentFields(rule, value).length),
    { when: () => true, params: { ...rule } },
  );
}

export const presentFields = (rule: PresenceRule, value: object): string[] =>
  rule.fields.filter((name) => (value as Record<string, unknown>)[name] !== undefined);

export const exactlyOne = (...fields: string[]): z.core.$ZodCheck<object> =>
  presenceCheck({ presence: "exactlyOne", fields });
export const atMostOne = (...fields: string[]): z.core.$ZodCheck<object> =>
  presenceCheck({ presence: "atMostOne", fields });
export const together = (...fields: string[]): z.core.$ZodCheck<object> =>
  presenceCheck({ presence: "together", fields });

export const isPresenceRule = (params: unknown): params is PresenceRule =>
  typeof params === "object" && params !== null && "presence" in params && "fields" in params;

/** Returns a check with findings about the parts of a value, or, without a key, about all of it. */
export const parts = <T>(
  faultsOf: (value: T) => readonly (readonly [key: string | undefined, problem: string])[],
): z.core.$ZodCheck<T> =>
  z.check<T>(({ value, issues }) => {
    for (const [key, message] of faultsOf(value))
      issues.push({ code: "custom", message, path: key === undefined ? [] : [key], input: value });
  });
