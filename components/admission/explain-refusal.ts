import { aboveLimit, outOfRange } from "./limit-ranges";
import { exceeding, lackingAmounts } from "./quotas";
import type { Explanation, RefusedPod } from "./refused-pod";

type Explain = (match: RegExpExecArray, pod: RefusedPod) => Explanation | undefined;

/** The API server's words for each reason, with its explanation. The first row that matches explains. */
const reasons: readonly (readonly [words: RegExp, explain: Explain])[] = [
  [
    /failed quota: (.+?): must specify (.*)/,
    ([, quota = "", missing = ""], pod) => lackingAmounts(quota, missing, pod),
  ],
  [
    /exceeded quota: ([^,\s]+)(?:, requested: (\S+), used: (\S+), limited: (\S+))?/,
    ([, quota = "", requested = "", used = "", limited = ""], pod) =>
      exceeding(quota, { requested, used, limited }, pod),
  ],
  [/usage per (Container|Pod) is|max limit to request ratio per/, (_, pod) => outOfRange(pod)],
  [/must be less than or equal to \S+ limit of/, (_, pod) => aboveLimit(pod)],
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

/** Returns why the API server refused a pod, if its words are known. */
export function explainRefusal(pod: RefusedPod): Explanation | undefined {
  for (const [words, explain] of reasons) {
    const match = words.exec(pod.detail);
    const explained = match && explain(match, pod);
    if (explained) return explained;
  }
  return undefined;
}
