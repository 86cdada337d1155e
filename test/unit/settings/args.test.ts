import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { parsePipelines, type PipelinesArgs } from "../../../components/settings";
import type { Later } from "../../../components/schema/plain";
import type { configuration } from "../../../components/settings/configuration";

/** The type that the schema accepts, with an Output where the parser replaces it by its own type. */
type Written<T> = T extends Later
  ? Exclude<pulumi.Input<string>, string>
  : T extends readonly (infer Item)[]
    ? Written<Item>[]
    : T extends object
      ? { [Key in keyof T]: Written<T[Key]> }
      : T;
type Schema = Written<z.input<typeof configuration>>;

/** Every field below a type, as a dotted path: an assignment alone does not show a field that one side lacks. */
type Paths<T, Prefix extends string = ""> = T extends string | number | boolean | undefined | PromiseLike<unknown>
  ? never
  : T extends pulumi.OutputInstance<unknown>
    ? never
    : T extends readonly (infer Item)[]
      ? Paths<Item, `${Prefix}[]`>
      : T extends object
        ? { [Key in keyof T & string]-?: `${Prefix}.${Key}` | Paths<NonNullable<T[Key]>, `${Prefix}.${Key}`> }[keyof T &
            string]
        : never;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const is = <T extends true>(holds: T): T => holds;

describe("The types for programs", () => {
  it("accept the same values as the schemas", () => {
    is<Same<PipelinesArgs extends Schema ? true : false, true>>(true);
    is<Same<Schema extends PipelinesArgs ? true : false, true>>(true);
    is<Same<Paths<Schema>, Paths<PipelinesArgs>>>(true);
  });

  it("are accepted by the parser", () => {
    const args: PipelinesArgs = {
      metricPipelines: [{ name: "backend", output: { otlp: { endpoint: { value: "backend.example.com:4317" } } } }],
    };
    const { pipelines } = parsePipelines(args, { now: new Date("2026-01-01") });
    assert.deepEqual(
      pipelines.map(({ name }) => name),
      ["backend"],
    );
  });
});
