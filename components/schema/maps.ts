/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { field, parts, type Notes } from "./fields";
import { isLabelValue } from "./kubernetes-names";
import { annotationKeyFaults, labelKeyFaults } from "./label-keys";

/** Texts by keys that users choose. */
export type Texts = Record<string, string>;

/** A map of texts, each of them such as `value`. */
export const map = (value: string, about: Notes, ...checks: z.core.$ZodCheck<Texts>[]) =>
  field(
    z
      .record(z.string(), field(z.string(), { description: "Text.", example: value }))
      .check(...checks)
      .default({}),
    about,
  );

/** Labels that the API server accepts. Otherwise it would reject a label only after other objects have changed. */
export const areLabels = parts<Texts>((labels) => [
  ...labelKeyFaults(Object.keys(labels)).map((problem) => [undefined, problem] as const),
  ...Object.entries(labels).flatMap(([key, value]) =>
    isLabelValue(value) ? [] : [[key, "is not a label value"] as const],
  ),
]);

/** Limit in bytes: slightly less than the API server accepts for an object, because others may add annotations. */
const mostAnnotations = 250_000;

/** Annotations that the API server accepts. */
export const areAnnotations = parts<Texts>((annotations) => [
  ...annotationKeyFaults(Object.keys(annotations)).map((problem) => [undefined, problem] as const),
  ...(Buffer.byteLength(Object.entries(annotations).flat().join("")) > mostAnnotations
    ? [[undefined, `has more than ${mostAnnotations} bytes`] as const]
    : []),
]);
