import { collectorKinds } from "../contract";
import type { Explanation, RefusedPod } from "./refused-pod";

/** Explains a pod that a webhook denies. The rules of webhooks are their own, so the remedy names the usual settings. */
export const byWebhook = (name: string, pod: RefusedPod): Explanation => denied(`the admission webhook ${name}`, pod);

/** Explains a pod that a policy of the cluster denies. */
export const byPolicy = (name: string, pod: RefusedPod): Explanation =>
  denied(`the ValidatingAdmissionPolicy ${name}`, pod);

function denied(by: string, { detail, namespace, collector }: RefusedPod): Explanation {
  return {
    problem: `is denied by ${by} (${detail})`,
    remedy: `Satisfy its rule by ${collector}.image, ${collector}.labels or ${collector}.annotations, or exempt namespace ${namespace} from the rule`,
  };
}

/** Explains a pod about which a webhook cannot be asked. */
export function failedWebhook(name: string, { detail, namespace }: RefusedPod): Explanation {
  return {
    problem: `could not be checked by the admission webhook ${name} (${detail})`,
    remedy: `Repair the webhook, or exempt namespace ${namespace} from it`,
  };
}

const isOfLogAgent = ({ collector }: RefusedPod): boolean => collector === collectorKinds["log-agent"].setting;

/** Explains a pod that breaks a Pod Security Standard. Pods of gateway and agent keep all standards unless they are changed. */
export function podSecurity(standard: string, pod: RefusedPod): Explanation {
  const { detail, namespace, collector } = pod;
  return {
    problem: `breaks the Pod Security Standard ${standard}, which namespace ${namespace} enforces (${detail})`,
    remedy: isOfLogAgent(pod)
      ? "Run `pulumi up --refresh`, which restores the namespace's label pod-security.kubernetes.io/enforce: privileged"
      : `Remove what breaks it from ${collector}.annotations, or exempt namespace ${namespace} from the webhook that adds it`,
  };
}

/** Explains a pod that OpenShift does not admit. */
export function securityContextConstraint(pod: RefusedPod): Explanation {
  const constraint = isOfLogAgent(pod) ? "privileged" : "nonroot-v2";
  return {
    problem: `is allowed by no SecurityContextConstraint of OpenShift (${pod.detail})`,
    remedy: `Let the service accounts of namespace ${pod.namespace} use one that allows it, such as ${constraint}`,
  };
}
