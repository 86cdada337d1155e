import { byPolicy, byWebhook, failedWebhook, podSecurity, securityContextConstraint } from "./admission-rules";
import { aboveLimit, outOfRange } from "./limit-ranges";
import { existingAccount, existingNamespace, lastingNamespace } from "./missing-objects";
import { exceeding, lackingAmounts, uncounted, uncovered } from "./quotas";
import type { Explanation, RefusedPod } from "./refused-pod";

type Explain = (pod: RefusedPod, match: RegExpExecArray) => Explanation | undefined;

/**
 * The API server's words for each reason, with its explanation. The first row that matches explains. Webhooks and policies
 * come first, because their authors may use any words. The sources are the admission plugins of Kubernetes 1.37.
 */
const reasons: readonly (readonly [words: RegExp, explain: Explain])[] = [
  [/admission webhook "([^"]+)" denied the request/, (pod, [, name = ""]) => byWebhook(name, pod)],
  [/failed calling webhook "([^"]+)"/, (pod, [, name = ""]) => failedWebhook(name, pod)],
  [/ValidatingAdmissionPolicy '([^']+)'.* denied request/, (pod, [, name = ""]) => byPolicy(name, pod)],
  [/violates PodSecurity "([^":]+)/, (pod, [, standard = ""]) => podSecurity(standard, pod)],
  [/unable to validate against any security context constraint/, securityContextConstraint],
  [/because it is being terminated/, lastingNamespace],
  [/^namespaces "[^"]+" not found/, existingNamespace],
  [/[Ee]rror looking up service account [^:]+: .*not found|service account \S+ was not found/, existingAccount],
  [
    /failed quota: (.+?): must specify (.*)/,
    (pod, [, quota = "", missing = ""]) => lackingAmounts(quota, missing, pod),
  ],
  [
    /exceeded quota: ([^,\s]+)(?:, requested: (\S+), used: (\S+), limited: (\S+))?/,
    (pod, [, quota = "", requested = "", used = "", limited = ""]) =>
      exceeding(quota, { requested, used, limited }, pod),
  ],
  [/status unknown for quota: ([^,\s]+)/, (pod, [, quota = ""]) => uncounted(quota, pod)],
  [/insufficient quota to consume: (\S+)/, (pod, [, resources = ""]) => uncovered(resources, pod)],
  [/usage per (Container|Pod) is|max limit to request ratio per/, outOfRange],
  [/must be less than or equal to \S+ limit of/, aboveLimit],
  [
    /no PriorityClass with name/,
    ({ detail, collector }) => ({
      problem: `has a priority class that the cluster does not have (${detail})`,
      remedy: `Create it, or correct ${collector}.priorityClassName`,
    }),
  ],
  [
    /insufficient quota to match these scopes/,
    ({ detail, namespace, collector }) => ({
      problem: `has a priority class for which namespace ${namespace} needs a quota (${detail})`,
      remedy:
        "Create a ResourceQuota there whose scopeSelector names that class, or name another class in " +
        `${collector}.priorityClassName`,
    }),
  ],
  [
    /pod tolerations .*conflict with its \w+ whitelist/,
    ({ detail, namespace, collector }) => ({
      problem: `has tolerations that the cluster does not allow in namespace ${namespace} (${detail})`,
      remedy: `Set ${collector}.tolerations to some that it allows, or change the namespace's annotation scheduler.alpha.kubernetes.io/tolerationsWhitelist`,
    }),
  ],
  [
    /pod node label selector/,
    ({ detail, namespace, collector }) => ({
      problem: `selects nodes that the cluster does not allow in namespace ${namespace} (${detail})`,
      remedy: `Correct ${collector}.nodeSelector, or change the namespace's annotation scheduler.alpha.kubernetes.io/node-selector`,
    }),
  ],
  [
    /not yet ready to handle request/,
    ({ detail }) => ({
      problem: `met an API server that has not finished its start (${detail})`,
      remedy: "Run `pulumi up` again",
    }),
  ],
  // A missing right reads `is forbidden: User "NAME" cannot …`. All else is about the object.
  [
    / is forbidden: (?!User )/,
    ({ detail, collector }) => ({
      problem: `breaks a rule of the cluster (${detail})`,
      remedy: `Change the settings of ${collector} that the rule is about, or the rule`,
    }),
  ],
];

/** Returns why the API server refused a pod or its ConfigMap, if its words are known. */
export function explainRefusal(pod: RefusedPod): Explanation | undefined {
  const explained = explanationOf(pod);
  return explained && /^configmaps /.test(pod.detail)
    ? { ...explained, problem: `could not be run: its ConfigMap ${explained.problem}` }
    : explained;
}

function explanationOf(pod: RefusedPod): Explanation | undefined {
  for (const [words, explain] of reasons) {
    const match = words.exec(pod.detail);
    const explained = match && explain(pod, match);
    if (explained) return explained;
  }
  return undefined;
}
