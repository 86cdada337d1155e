/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { atMostOne, field, flag, onOff, orEmpty, struct } from "./fields";
import { labelName, labelRule } from "./kubernetes-names";
import { duration } from "./quantities";

const names = () => z.array(field(labelName(), { description: "Name of a namespace.", example: "shop" }));

const namespaceList = (what: string, where: string, list = names()) =>
  field(list, {
    description: `Only ${what} ${where} these namespaces.`,
    example: "[shop, payment]",
    rule: `Names of namespaces: ${labelRule}, at most 63 characters.`,
  });

const isNotEmpty = (list: readonly unknown[]) => list.length > 0;

/**
 * The namespaces from which an input takes data. `byDefault` is a sentence about the default, and `what` is the thing
 * that is in a namespace.
 */
const namespaces = (byDefault: string, what = "data") =>
  field(
    struct({
      include: namespaceList(
        what,
        "from",
        names().refine(isNotEmpty, "is an empty list, which could mean all or none"),
      ).optional(),
      exclude: namespaceList(what, "from outside").optional(),
    }).check(atMostOne("include", "exclude")),
    {
      description: `Namespaces from which ${what} ${what === "data" ? "is" : "are"} taken. ${byDefault}`,
      example: "{ include: [shop] }",
      rule: "`include` or `exclude`, not both; `{}` means all namespaces.",
    },
  );

/** At most one of the two lists is there; none means all namespaces. */
export type NamespaceSelection = NameSelection;

/** At most one of the two lists is there; none means all names. */
export interface NameSelection {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Returns whether a selection takes a name. */
export function isChosen({ include, exclude = [] }: NameSelection, name: string): boolean {
  return include ? include.includes(name) : !exclude.includes(name);
}

const containerList = (description: string, list: z.ZodArray<z.ZodString>) =>
  field(list, {
    description,
    example: "[server]",
    rule: `Names of containers as in their pods: ${labelRule}, at most 63 characters.`,
  });

const containerNames = () => z.array(field(labelName(), { description: "Name of a container.", example: "server" }));

/** The containers from which an input takes data, by their names in any pod. */
export const containers = () =>
  field(
    struct({
      include: containerList(
        "Only data of containers with these names.",
        containerNames().refine(isNotEmpty, "is an empty list, which could mean all or none"),
      ).optional(),
      exclude: containerList("Only data of containers with other names.", containerNames()).optional(),
    })
      .check(atMostOne("include", "exclude"))
      .prefault({}),
    {
      description: "Containers from which data is taken. All by default.",
      example: "{ exclude: [istio-proxy] }",
      rule: "`include` or `exclude`, not both.",
    },
  );

const allNamespaces = "All by default.";
const noSystemNamespaces = "All but the system namespaces by default.";

/** The input for data that applications push. */
export const otlpInput = () =>
  field(
    struct({
      enabled: flag(true, "Whether data that applications push goes into this pipeline."),
      namespaces: namespaces(allNamespaces).prefault({}),
      unknownNamespace: field(z.enum(["accept", "reject"]).optional(), {
        description:
          "Whether to take data whose namespace is unknown: no pod was found for it, and it names no namespace itself. " +
          "With `namespaces.include`, the default is `reject`, so that a tenant gets only its own data. Else it is `accept`.",
        example: "accept",
      }),
    }).prefault({}),
    { description: "Data that applications push to the OTLP gateway of their node.", example: "{ enabled: true }" },
  );

/**
 * Returns the schema of an input that collects from namespaces, with the input's own fields. `selected` names the
 * objects whose namespaces are selected.
 */
export function pullInput<Extra extends z.ZodRawShape>(what: string, extra: Extra, selected?: string) {
  return struct({
    enabled: flag(false, `Whether to collect ${what}.`),
    // A missing field means all but the system namespaces, which only the stack knows: see `normalize.ts`.
    namespaces: namespaces(noSystemNamespaces, selected).optional(),
    ...extra,
  });
}

/** Names of namespaces; none by default. */
export const namespaceNames = (description: string) =>
  field(names().default([]), {
    description,
    example: "[shop]",
    rule: `Names of namespaces: ${labelRule}, at most 63 characters.`,
  });

/** The scraper's own metrics about each target. */
export const diagnosticMetrics = () =>
  onOff(false, "The scraper's own metrics about each target, such as `up` and `scrape_duration_seconds`.");

/** Default time between two collections of all inputs. */
export const defaultCollectionInterval = "30s";

/** Time between two collections; `what` follows the words "Time between two collections". */
export const collectionInterval = (what: string, byDefault: string) =>
  field(duration(1, "one second").optional(), {
    description: `Time between two collections ${what}. ${byDefault}`,
    example: "30s",
    rule: "A number with its unit (`ms`, `s`, `m`, `h`), such as `90s` or `1m30s`; from `1s` to `24h`.",
  });

/** Stack-wide settings of one input: how often it collects, and what it adds. */
export const inputStackSettings = <Extra extends z.ZodRawShape>(input: string, extra: Extra) =>
  field(
    orEmpty(
      struct({ collectionInterval: collectionInterval(`by ${input}`, "By default that of all inputs."), ...extra }),
    ),
    { description: `Settings of the ${input} inputs.`, example: "{ collectionInterval: 60s }" },
  );

/** Name of the field that turns the check of a certificate off, for messages that offer it. */
export const skipVerifyField = "insecureSkipVerify";

/** The field that turns the check of certificates off; `description` names their owner. */
export const skipVerify = (description: string) => ({ [skipVerifyField]: flag(false, description) });
