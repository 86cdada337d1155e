import { error, type Finding, type Place } from "../../schema";
import type { Signal } from "../../contract";
import { brokenText, checkOttl, checkOttlEntry } from "./ottl-texts";
import { lostIdentity } from "./ottl-identity";
import { equalPoints } from "./ottl-points";
import { removedReads } from "./ottl-removed-reads";
import { sharedFields } from "./ottl-shared-fields";
import { makesMetricNames, type PlacedText, rivalConditions, trapsInText } from "./ottl-traps";
import { tokens } from "./ottl-tokens";

type Texts = readonly (string | undefined)[];

/** The sound fields of a pipeline that hold OTTL. */
export interface OttlFields {
  readonly transform?: readonly ({ readonly conditions?: Texts; readonly statements?: Texts } | undefined)[];
  readonly filter?: readonly ({ readonly conditions?: Texts } | undefined)[];
}

/** Returns all findings about the transforms and filters of a pipeline. Traps are looked for only in sound texts. */
export function checkOttlEntries(signal: Signal, pipeline: OttlFields, place: Place): Finding[] {
  const shape = shapeOfEntries(signal, pipeline, place);
  return shape.some(({ severity }) => severity === "error") ? shape : [...shape, ...traps(signal, pipeline, place)];
}

function shapeOfEntries(signal: Signal, { transform, filter }: OttlFields, place: Place): Finding[] {
  const each = (texts: Texts | undefined, keys: (string | number)[], part: "condition" | "statement") =>
    (texts ?? []).flatMap((text, i) =>
      text === undefined
        ? []
        : checkOttl(text, place([...keys, `${part}s`, i]), signal, keys[0] as "transform" | "filter", part),
    );
  const entry = (texts: Texts, keys: (string | number)[]) =>
    texts.includes(undefined)
      ? []
      : checkOttlEntry(texts as readonly string[], place(keys), signal, keys[0] as "transform" | "filter");
  return [
    ...(transform ?? []).flatMap((spec, i) => {
      if (!spec) return [];
      const keys = ["transform", i];
      return [
        ...(spec.statements?.length === 0
          ? [error(place(keys), "has no statement", "Add one to `statements`, or remove this entry")]
          : []),
        ...each(spec.conditions, keys, "condition"),
        ...each(spec.statements, keys, "statement"),
        ...entry([...(spec.conditions ?? []), ...(spec.statements ?? [])], keys),
      ];
    }),
    ...(filter ?? []).flatMap((spec, i) => {
      if (!spec) return [];
      const keys = ["filter", i];
      return [
        ...(spec.conditions?.length === 0
          ? [error(place(keys), "has no condition", "Add one to `conditions`, or remove this entry")]
          : []),
        ...each(spec.conditions, keys, "condition"),
        ...entry(spec.conditions ?? [], keys),
      ];
    }),
  ];
}

function traps(signal: Signal, { transform, filter }: OttlFields, place: Place): Finding[] {
  const placed = (texts: Texts | undefined, keys: (string | number)[]): PlacedText[] =>
    (texts ?? []).flatMap((text, i) => {
      const path = place([...keys, i]);
      return text === undefined || brokenText(tokens(text), path).length > 0 ? [] : [{ text, path }];
    });
  const steps = (transform ?? []).map((spec, i) => ({
    conditions: placed(spec?.conditions, ["transform", i, "conditions"]),
    statements: placed(spec?.statements, ["transform", i, "statements"]),
  }));
  const drops = (filter ?? []).flatMap((spec, i) => placed(spec?.conditions, ["filter", i, "conditions"]));
  const statements = steps.flatMap((step) => step.statements);
  const renames = statements.some(({ text }) => makesMetricNames(text));
  return [
    ...steps.flatMap((step) => [
      ...[...step.conditions, ...step.statements].flatMap((text) => trapsInText(text, "transform", renames)),
      ...rivalConditions(step.conditions, "the statements always run"),
      ...sharedFields(step.statements, step.conditions),
    ]),
    ...lostIdentity(steps, signal),
    ...equalPoints(steps),
    ...removedReads(steps, drops),
    ...drops.flatMap((text) => trapsInText(text, "filter", renames)),
    ...rivalConditions(drops, "everything is dropped"),
  ];
}
