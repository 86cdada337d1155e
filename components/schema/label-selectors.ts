/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { field, parts, struct, type Notes } from "./fields";
import { isLabelKey, isLabelValue } from "./kubernetes-names";
import { areLabels, map } from "./maps";

/** Selects objects by their labels, as Kubernetes does: all parts must hold, and a selector without parts selects all. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelExpression[];
}

interface LabelExpression {
  readonly key: string;
  readonly operator: (typeof labelOperators)[number];
  readonly values?: readonly string[];
}

export const labelOperators = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

/** Returns whether a selector selects an object with these labels. */
export function isSelected(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const own = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const holds = ({ key, operator, values = [] }: LabelExpression): boolean => {
    const value = own(key);
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
    }
  };
  return Object.entries(matchLabels).every(([key, value]) => own(key) === value) && matchExpressions.every(holds);
}

/** Returns the fault of an expression that the API server would reject, as a clause; undefined if it has none. */
export function labelExpressionFault({ key, operator, values = [] }: LabelExpression): string | undefined {
  if (!isLabelKey(key)) return "has a key that a label cannot have";
  if (!values.every(isLabelValue)) return "has a value that a label cannot have";
  const needsValues = operator === "In" || operator === "NotIn";
  if (needsValues && values.length === 0) return `has no values, which ${operator} requires`;
  return !needsValues && values.length > 0 ? `has values, which ${operator} does not take` : undefined;
}

const expression = struct({
  key: field(z.string(), { description: "Key of the label.", example: "team" }),
  operator: field(z.enum(labelOperators), { description: "How the label is compared.", example: "In" }),
  values: field(z.array(field(z.string(), { description: "Value of the label.", example: "shop" })).default([]), {
    description: "Values of the label.",
    example: "[shop]",
    rule: "At least one with `In` and `NotIn`, none with `Exists` and `DoesNotExist`.",
  }),
}).check(
  parts((one) => {
    const fault = labelExpressionFault(one);
    return fault === undefined ? [] : [[undefined, fault] as const];
  }),
);

/** A label selector in settings; it selects all objects by default. */
export const labelSelector = (about: Notes) =>
  field(
    struct({
      matchLabels: map(
        "shop",
        { description: "Labels that must have these values.", example: "{ team: shop }" },
        areLabels,
      ),
      matchExpressions: field(
        z
          .array(field(expression, { description: "A condition.", example: "{ key: team, operator: Exists }" }))
          .default([]),
        {
          description: "Conditions that must all hold.",
          example: "[{ key: team, operator: In, values: [shop] }]",
        },
      ),
    }).prefault({}),
    about,
  );
