import type { V1LimitRange } from "@kubernetes/client-node";

/** The fields of a LimitRange that messages are about. */
export interface LimitRange {
  readonly name: string;
  readonly limits: readonly {
    /** `Container` or `Pod`. */
    readonly type: string;
    readonly max?: Readonly<Record<string, string>>;
    readonly min?: Readonly<Record<string, string>>;
    readonly default?: Readonly<Record<string, string>>;
    readonly maxLimitRequestRatio?: Readonly<Record<string, string>>;
  }[];
}

/** Picks these fields. The client calls the field `default` by another name, because it is a word of the language. */
export function limitRangeOf({ metadata, spec }: V1LimitRange): LimitRange {
  const limits = (spec?.limits ?? []).map(({ _default, ...limit }) => ({ ...limit, default: _default }));
  return { name: metadata?.name ?? "", limits };
}

/** The rule of a LimitRange that a pod breaks. */
interface BrokenRule {
  readonly field: "max" | "min" | "maxLimitRequestRatio";
  readonly type: string;
  readonly resource: string;
  readonly value: string;
  /** Whether the rule is about requests. */
  readonly isAboutRequest: boolean;
}

/** The API server's sentences about LimitRanges. They do not name the LimitRange. */
const sentences: readonly (readonly [BrokenRule["field"], RegExp])[] = [
  ["max", /maximum (\S+) usage per (Container|Pod) is (\w+(?:\.\d+)?)(.*?)(?=, maximum|, minimum|\]|$)/g],
  ["min", /minimum (\S+) usage per (Container|Pod) is (\w+(?:\.\d+)?)(.*?)(?=, maximum|, minimum|\]|$)/g],
  ["maxLimitRequestRatio", /(\S+) max limit to request ratio per (Container|Pod) is (\w+(?:\.\d+)?)()/g],
];

/** Returns the rules of LimitRanges in the API server's refusal of a pod. */
export function brokenRules(detail: string): BrokenRule[] {
  return sentences.flatMap(([field, sentence]) =>
    [...detail.matchAll(sentence)].map(([, resource = "", type = "", value = "", rest = ""]) => ({
      field,
      type,
      resource: resource.replace(/^\[/, ""),
      value,
      isAboutRequest: / request is /.test(rest) || /No request is/.test(rest),
    })),
  );
}

/** Whether the API server's refusal of a pod is about LimitRanges, so that their names would help. */
export const isAboutLimitRanges = (detail: string): boolean => brokenRules(detail).length > 0;

/** Names the LimitRanges that hold one of the rules, or calls them what they are where they cannot be read. */
export function holdersOf(rules: readonly BrokenRule[], ranges: readonly LimitRange[], namespace: string): string {
  const names = ranges
    .filter(({ limits }) =>
      limits.some((limit) =>
        rules.some(({ field, type, resource }) => limit.type === type && limit[field]?.[resource] !== undefined),
      ),
    )
    .map(({ name }) => name);
  const which = names.length === 0 ? "a LimitRange" : `LimitRange ${names.sort().join(" and ")}`;
  return `${which} of namespace ${namespace}`;
}

/** Returns the setting that satisfies a rule, as the end of a sentence. `resources` is the path of the setting. */
export function satisfying({ field, resource, value, isAboutRequest }: BrokenRule, resources: string): string {
  if (field === "maxLimitRequestRatio") {
    return `choose ${resources}.limits.${resource} and requests.${resource} so that the limit is at most ${value} times the request`;
  }
  const setting = `${resources}.${isAboutRequest ? "requests" : "limits"}.${resource}`;
  return `set ${setting} to at ${field === "max" ? "most" : "least"} ${value}`;
}

/** Returns the warning about a CPU limit that the user has not set. `collector` is the name of its settings. */
export function addedCpuLimit(
  limit: string,
  workload: string,
  collector: string,
  ranges: readonly LimitRange[],
): string {
  const names = ranges
    .filter(({ limits }) => limits.some(({ type, default: added }) => type === "Container" && added?.cpu !== undefined))
    .map(({ name }) => name);
  const who = names.length === 0 ? "The cluster" : `LimitRange ${names.sort().join(" or ")}`;
  return (
    `${who} gives pods of ${workload} a CPU limit of ${limit}, because ${collector}.resources.limits.cpu is not set. ` +
    `A throttled collector loses data: set ${collector}.resources.limits.cpu to what a collector needs on the busiest node.`
  );
}
