import { brokenRules, holdersOf, satisfying, type LimitRange } from "./limit-ranges";

/** A pod that the API server refused, and the surroundings that the message needs. */
export interface RefusedPod {
  /** The API server's words. */
  readonly detail: string;
  readonly namespace: string;
  /** Name of the settings of the collector whose pod is refused. */
  readonly collector: string;
  /** LimitRanges of the namespace, if they could be read. */
  readonly ranges?: readonly LimitRange[];
}

/** The rest of a sentence about the refused pod, and the remedy, both without a full stop. */
export interface Explanation {
  readonly problem: string;
  readonly remedy: string;
}

/** Settings that change what a ResourceQuota counts, by the quota's name for the resource. */
const settingOfResource: Readonly<Record<string, string>> = {
  "limits.cpu": "limits.cpu",
  "limits.memory": "limits.memory",
  cpu: "requests.cpu",
  "requests.cpu": "requests.cpu",
  memory: "requests.memory",
  "requests.memory": "requests.memory",
};

type Explain = (match: RegExpExecArray, pod: RefusedPod) => Explanation | undefined;

/** The API server's words for each reason, with its explanation. The first row that matches explains. */
const reasons: readonly (readonly [words: RegExp, explain: Explain])[] = [
  [/failed quota: (.+?): must specify (.*)/, ([, quota = "", missing = ""], pod) => unlimited(quota, missing, pod)],
  [
    /exceeded quota: ([^,\s]+)(?:, requested: (\S+))?/,
    ([, quota = "", asked = ""], pod) => exceeded(quota, asked, pod),
  ],
  [/usage per (Container|Pod) is|max limit to request ratio per/, (_, pod) => outOfRange(pod)],
  [
    /no PriorityClass with name/,
    (_, { detail, collector }) => ({
      problem: `has a priority class that the cluster does not have (${detail})`,
      remedy: `Create it, or correct ${collector}.priorityClassName`,
    }),
  ],
  [
    /insufficient quota to match these scopes/,
    (_, { detail, namespace, collector }) => ({
      problem: `has a priority class for which namespace ${namespace} needs a quota (${detail})`,
      remedy:
        "Create a ResourceQuota there whose scopeSelector names that class, or name another class in " +
        `${collector}.priorityClassName`,
    }),
  ],
  [
    /violates PodSecurity|admission webhook|denied the request|ValidatingAdmissionPolicy/,
    (_, { detail }) => ({
      problem: `was not admitted (${detail})`,
      remedy:
        "The collectors' own pods would not be either: change the rule or what the workload's settings add to pods",
    }),
  ],
];

function unlimited(quota: string, missing: string, { detail, namespace, collector }: RefusedPod): Explanation {
  const which = `ResourceQuota ${quota} of namespace ${namespace}`;
  if (/limits\.cpu for:/.test(missing)) {
    return {
      problem: `has no CPU limit, which ${which} requires (${detail})`,
      remedy: `Set ${collector}.resources.limits.cpu to what a collector needs on the busiest node`,
    };
  }
  return {
    problem: `lacks a limit or a request that ${which} requires (${detail})`,
    remedy: "Give the namespace a LimitRange with a default for it, or take it out of the quota",
  };
}

function exceeded(quota: string, asked: string, { detail, namespace, collector }: RefusedPod): Explanation {
  const settings = asked.split(",").flatMap((one) => settingOfResource[one.split("=")[0] ?? ""] ?? []);
  const lower = [...new Set(settings)].map((setting) => `${collector}.resources.${setting}`).join(" and ");
  return {
    problem: `does not fit ResourceQuota ${quota} of namespace ${namespace} (${detail})`,
    remedy: `Raise the quota${lower === "" ? "" : `, or lower ${lower}`}`,
  };
}

function outOfRange({ detail, namespace, collector, ranges = [] }: RefusedPod): Explanation | undefined {
  const rules = brokenRules(detail);
  if (rules.length === 0) return undefined;
  const settings = [...new Set(rules.map((rule) => satisfying(rule, `${collector}.resources`)))].join(", and ");
  return {
    problem: `breaks ${holdersOf(rules, ranges, namespace)} (${detail})`,
    remedy: `${settings.replace(/^./, (first) => first.toUpperCase())}, or change the LimitRange`,
  };
}

/** Returns why the API server refused a pod, if its words are known. */
export function explainRefusal(pod: RefusedPod): Explanation | undefined {
  for (const [words, explain] of reasons) {
    const match = words.exec(pod.detail);
    const explained = match && explain(match, pod);
    if (explained) return explained;
  }
  return undefined;
}
