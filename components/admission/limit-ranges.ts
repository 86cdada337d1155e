import type { V1LimitRange } from "@kubernetes/client-node";
import { cannotBeLess, hasSetting, isTooLittle, wordFor } from "./least-limits";
import { listed, sentenceOf, type Explanation, type RefusedPod } from "./refused-pod";

type Amounts = Readonly<Record<string, string>>;

/** The fields of a LimitRange that messages are about. */
export interface LimitRange {
  readonly name: string;
  readonly limits: readonly {
    /** `Container` or `Pod`. */
    readonly type: string;
    readonly max?: Amounts;
    readonly min?: Amounts;
    readonly default?: Amounts;
    readonly maxLimitRequestRatio?: Amounts;
  }[];
}

/** Picks these fields. The client calls the field `default` by another name, because it is a word of the language. */
export function limitRangeOf({ metadata, spec }: V1LimitRange): LimitRange {
  const limits = (spec?.limits ?? []).map(({ _default, ...limit }) => ({ ...limit, default: _default }));
  return { name: metadata?.name ?? "", limits };
}

/** A value in a LimitRange that a pod breaks. */
interface RangeValue {
  readonly field: "max" | "min" | "maxLimitRequestRatio" | "default";
  readonly type: string;
  readonly resource: string;
  readonly value: string;
}

interface BrokenRule extends RangeValue {
  /** Whether the rule is about requests. */
  readonly isAboutRequest: boolean;
  /** Whether the pod has no amount at all. */
  readonly isMissing: boolean;
}

/** The API server's sentences about LimitRanges. They do not name the LimitRange. */
const sentences: readonly (readonly [BrokenRule["field"], RegExp])[] = [
  ["max", /maximum (\S+) usage per (Container|Pod) is (\w+(?:\.\d+)?)(.*?)(?=, maximum|, minimum|, \S+ max|\]|$)/g],
  ["min", /minimum (\S+) usage per (Container|Pod) is (\w+(?:\.\d+)?)(.*?)(?=, maximum|, minimum|, \S+ max|\]|$)/g],
  ["maxLimitRequestRatio", /(\S+) max limit to request ratio per (Container|Pod) is (\w+(?:\.\d+)?)()/g],
];

/** Returns the rules of LimitRanges in the API server's refusal of a pod. */
function brokenRules(detail: string): BrokenRule[] {
  return sentences.flatMap(([field, sentence]) =>
    [...detail.matchAll(sentence)].map(([, resource = "", type = "", value = "", rest = ""]) => ({
      field,
      type,
      resource: resource.replace(/^\[/, ""),
      value,
      isAboutRequest: / request is /.test(rest) || /No request is/.test(rest),
      isMissing: / is specified/.test(rest),
    })),
  );
}

/** A request above the limit that the cluster gives the container. */
interface LowLimit extends RangeValue {
  readonly request: string;
}

/** Returns the limits in the API server's refusal that are below the requests. */
function lowLimits(detail: string): LowLimit[] {
  const sentence = /Invalid value: "([^"]+)": must be less than or equal to (\S+) limit of ([^\s,\]]+)/g;
  return [...detail.matchAll(sentence)].map(([, request = "", resource = "", value = ""]) => ({
    field: "default",
    type: "Container",
    resource,
    value,
    request,
  }));
}

/** Whether the API server's refusal of a pod is about LimitRanges, so that their names would help. */
export const isAboutLimitRanges = (detail: string): boolean =>
  [...brokenRules(detail), ...lowLimits(detail)].length > 0;

/** Returns the sorted names of the LimitRanges that hold one of the values. */
function holdersOf(values: readonly RangeValue[], ranges: readonly LimitRange[]): string[] {
  const holds = (limit: LimitRange["limits"][number]): boolean =>
    values.some(({ field, type, resource, value }) => limit.type === type && limit[field]?.[resource] === value);
  return ranges
    .filter(({ limits }) => limits.some(holds))
    .map(({ name }) => name)
    .sort();
}

/** Explains a pod that breaks rules of LimitRanges, if the API server names some. */
export function outOfRange({ detail, namespace, collector, ranges = [] }: RefusedPod): Explanation | undefined {
  const rules = brokenRules(detail);
  if (rules.length === 0) return undefined;
  const names = holdersOf(rules, ranges);
  const which = names.length === 0 ? "a LimitRange" : `LimitRange ${listed(names)}`;
  const isEnough = rules.every((rule) => hasSetting(rule.resource) && !isImpossible(rule));
  const settings = sentenceOf(rules.map((rule) => satisfying(rule, `${collector}.resources`)));
  return {
    problem: `breaks ${which} of namespace ${namespace} (${detail})`,
    remedy: isEnough ? `${settings}, or change the LimitRange` : settings,
  };
}

/** Whether the settings accept no limit that is small enough. */
const isImpossible = ({ field, resource, value, isAboutRequest }: BrokenRule): boolean =>
  field === "max" && !isAboutRequest && hasSetting(resource) && isTooLittle(resource, value);

/** Returns what satisfies a rule, as a phrase. `resources` is the path of the setting. */
function satisfying(rule: BrokenRule, resources: string): string {
  const { field, resource, value, isAboutRequest } = rule;
  if (!hasSetting(resource)) return satisfyingByDefault(rule);
  if (field === "maxLimitRequestRatio") {
    return `choose ${resources}.limits.${resource} and requests.${resource} so that the limit is at most ${value} times the request`;
  }
  const setting = `${resources}.${isAboutRequest ? "requests" : "limits"}.${resource}`;
  if (isImpossible(rule))
    return `let the LimitRange allow more ${wordFor(resource)}: ${cannotBeLess(setting, resource)}`;
  return `set ${setting} to at ${field === "max" ? "most" : "least"} ${value}`;
}

/** Returns what satisfies a rule about a resource without settings: only the cluster gives containers such an amount. */
function satisfyingByDefault({ field, resource, value, isAboutRequest, isMissing }: BrokenRule): string {
  if (field === "maxLimitRequestRatio") {
    return (
      `give containers a default and a defaultRequest for ${resource} in the LimitRange, ` +
      `so that the default is at most ${value} times the defaultRequest`
    );
  }
  const source = isAboutRequest ? "defaultRequest" : "default";
  return isMissing
    ? `add \`{ type: Container, ${source}: { ${resource}: ${value} } }\` to the limits of the LimitRange, because no setting sets ${resource}`
    : `${field === "max" ? "lower" : "raise"} the ${source} for ${resource} to ${value}, in the LimitRange that sets it`;
}

/** Explains a pod that reserves more than the limit which the cluster gives it, if that is the reason. */
export function aboveLimit({ detail, namespace, collector, ranges = [] }: RefusedPod): Explanation | undefined {
  const limits = lowLimits(detail);
  if (limits.length === 0) return undefined;
  const names = holdersOf(limits, ranges);
  const giver = names.length === 0 ? "the cluster" : `LimitRange ${names.join(" or ")} of namespace ${namespace}`;
  const excess = limits.map(
    ({ resource, value, request }) =>
      `reserves ${request} of ${wordFor(resource)}, more than the limit of ${value} that ${giver} gives it`,
  );
  return {
    problem: `${excess.join(" and ")} (${detail})`,
    remedy: sentenceOf(limits.map((limit) => resolving(limit, `${collector}.resources`))),
  };
}

/** Without its own CPU limit, the collector gets the cluster's. Its memory limit is always its own. */
function resolving({ resource, value }: LowLimit, resources: string): string {
  const lower = `${resources}.requests.${resource} to at most ${value}`;
  return resource === "cpu"
    ? `set ${resources}.limits.cpu to what a collector needs on the busiest node, or ${lower}`
    : `set ${lower}`;
}

/** Returns the warning about a CPU limit that the user has not set. `collector` is the name of its settings. */
export function addedCpuLimit(
  limit: string,
  workload: string,
  collector: string,
  ranges: readonly LimitRange[],
): string {
  const names = holdersOf([{ field: "default", type: "Container", resource: "cpu", value: limit }], ranges);
  const who = names.length === 0 ? "The cluster" : `LimitRange ${names.join(" or ")}`;
  return (
    `${who} gives pods of ${workload} a CPU limit of ${limit}, because ${collector}.resources.limits.cpu is not set. ` +
    `A throttled collector loses data: set ${collector}.resources.limits.cpu to what a collector needs on the busiest node.`
  );
}
