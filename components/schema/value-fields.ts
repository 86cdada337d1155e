/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { exactlyOne, field, type Notes, struct } from "./fields";
import { labelName, secretKeyName, subdomainName } from "./kubernetes-names";
import { isLater, type Later } from "./plain";

/** Text that is in the configuration itself; from a program also an `Output` or a `Promise` of text. */
export type Literal = string | Later;

const literal = (): z.ZodCustom<Literal, Literal> =>
  field(
    z.custom<Literal>((value) => typeof value === "string" || isLater(value)),
    {
      description: "The text itself. For a credential use `secure:` (`pulumi config set --secret --path`).",
      example: "some text",
    },
  );

const secretKeyRef = () =>
  field(
    struct({
      name: field(subdomainName(), { description: "Name of the Secret.", example: "backend" }),
      namespace: field(labelName(), { description: "Namespace of the Secret; any.", example: "default" }),
      key: field(secretKeyName(), { description: "Key in the Secret's data.", example: "token" }),
    }),
    { description: "A key of a Secret in the cluster.", example: "{ name: backend, namespace: default, key: token }" },
  );

const valueFrom = () =>
  field(struct({ secretKeyRef: secretKeyRef() }), {
    description: "Source of the text, read on each update, instead of `value`.",
    example: "{ secretKeyRef: { name: backend, namespace: default, key: token } }",
  });

/** The two fields of every value; a header has them next to its own. */
export const valueFields = () => ({ value: literal().optional(), valueFrom: valueFrom().optional() });
export const oneOfValueFields = exactlyOne("value", "valueFrom");

export type ValueSchema = z.ZodObject<ReturnType<typeof valueFields>, z.core.$strict>;
export type WrittenValue = z.output<ValueSchema>;

export const value = (about: Notes): ValueSchema => field(struct(valueFields()).check(oneOfValueFields), about);
