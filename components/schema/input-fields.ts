/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { atMostOne, field, flag, onOff, struct } from "./fields";
import { labelName, labelRule } from "./kubernetes-names";

const names = () => z.array(field(labelName(), { description: "Name of a namespace.", example: "shop" }));

const namespaceList = (what: string, list = names()) =>
  field(list, {
    description: `Only data ${what} these namespaces, and data without a namespace.`,
    example: "[shop, payment]",
    rule: `Names of namespaces: ${labelRule}, at most 63 characters.`,
  });

const isNotEmpty = (list: readonly unknown[]) => list.length > 0;

export const namespaces = (byDefault: string) =>
  field(
    struct({
      include: namespaceList(
        "from",
        names().refine(isNotEmpty, "is an empty list, which could mean all or none"),
      ).optional(),
      exclude: namespaceList("from outside").optional(),
    }).check(atMostOne("include", "exclude")),
    {
      description: `Which namespaces data is taken from. ${byDefault}`,
      example: "{ include: [shop] }",
      rule: "`include` or `exclude`, not both; `{}` means all namespaces.",
    },
  );

export const allNamespaces = "All by default.";
export const noSystemNamespaces = "All but the system namespaces by default.";

export const otlpInput = () =>
  field(
    struct({
      enabled: flag(true, "Whether what applications push goes into this pipeline."),
      namespaces: namespaces(allNamespaces).prefault({}),
    }).prefault({}),
    { description: "What applications push to the OTLP gateway of their node.", example: "{ enabled: true }" },
  );

/** An input that collects by itself. */
export function pullInput<Extra extends z.ZodRawShape>(what: string, extra: Extra) {
  return struct({
    enabled: flag(false, `Whether to collect ${what}.`),
    // Absent means all but the system namespaces, and which those are is the stack's to say: see `normalize.ts`.
    namespaces: namespaces(noSystemNamespaces).optional(),
    ...extra,
  });
}

export const diagnosticMetrics = () =>
  onOff(false, "The scraper's own metrics about each target, such as `up` and `scrape_duration_seconds`.");
