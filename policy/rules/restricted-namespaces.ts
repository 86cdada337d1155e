import { isLogAgent } from "../facts/log-agent";
import { at, label, type KubernetesObject, type StackObject } from "../facts/objects";
import { podKinds } from "../facts/pods";
import { stackRule } from "../rule";

const enforce = "pod-security.kubernetes.io/enforce";

/** The namespace of the log agent admits privileged pods, so nothing else may be in it. */
export const restrictedNamespaces = stackRule(
  {
    name: "restricted-namespaces",
    description: "Only the log agent is in a namespace that admits pods beyond the Pod Security Standard `restricted`.",
    severity: "high",
    applies: (object) => object.type === "core/v1:Namespace" && isOpen(object),
  },
  openViolations,
);

function isOpen(namespace: KubernetesObject): boolean {
  const standard = label(namespace, enforce);
  return standard !== undefined && standard !== "restricted";
}

function openViolations(namespace: KubernetesObject, stack: readonly StackObject[]): string[] {
  const name = at(namespace.props, "metadata.name");
  return stack
    .filter((object) => podKinds.includes(object.type) && at(object.props, "metadata.namespace") === name)
    .filter((object) => !isLogAgent(object))
    .map(
      (object) =>
        `'${object.name}' is in this namespace, whose label ${enforce} is ${String(label(namespace, enforce))}. ` +
        "Move it, or set the label to restricted.",
    );
}
