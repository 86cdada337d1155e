import { literal } from "../collector";

/** Parts of which the operators for container logs are made. */

/** Attribute with the path of a record's file, which the receiver sets; and of the resource, until it is read. */
export const pathAttribute = "log.file.path";

/** Attribute with the place of a line in its file, in bytes, which the receiver sets. It is only for reports. */
export const offsetAttribute = "log.file.record_offset";

/** Attribute with the stream of a record, `stdout` or `stderr`. */
export const streamAttribute = "log.iostream";

export interface Operator {
  readonly id: string;
  readonly type: string;
  /** The records that it changes; all by default. */
  readonly if?: string;
  readonly [setting: string]: unknown;
}

/** Returns an operator that lets a record go on unchanged if it fails, without a log line about it. */
export const operator = (type: string, id: string, condition: string, settings: object): Operator => ({
  type,
  id,
  if: literal(condition),
  on_error: "send_quiet",
  ...settings,
});

/** Returns an attribute as operators and their conditions write it. */
export const attribute = (name: string): string => `attributes["${name}"]`;
/** Returns the condition that an attribute has one of these types. */
export const is = (name: string, ...types: readonly string[]): string =>
  types.map((type) => `type(${attribute(name)}) == "${type}"`).join(" or ");
/** Returns the condition that a record has an attribute. */
export const isSet = (name: string): string => `${attribute(name)} != nil`;

/** Returns an operator that sets a field to the value of an expression. */
export const compute = (id: string, field: string, expression: string, condition: string): Operator =>
  operator("add", id, condition, { field, value: literal(`EXPR(${expression})`) });
