import { at, list, props, texts, type KubernetesObject, type StackObject } from "../facts/objects";
import { podKinds } from "../facts/pods";
import { componentOf } from "../facts/telemetry";
import { stackRule } from "../rule";

export interface NetworkPolicySettings {
  /** Components whose pods need a NetworkPolicy. */
  readonly components: readonly string[];
}

export const networkPolicies = stackRule<NetworkPolicySettings>(
  {
    name: "network-policies",
    description: "NetworkPolicies limit the pods of gateway and agent to the traffic that they need.",
    severity: "high",
    settings: {
      components: {
        type: "array",
        items: { type: "string" },
        default: ["gateway", "agent"],
        description: "Values of the label app.kubernetes.io/component of the workloads that need a NetworkPolicy.",
      },
    },
    applies: (object) => podKinds.includes(object.type) && componentOf(object) !== undefined,
  },
  networkViolations,
);

function networkViolations(
  workload: KubernetesObject,
  stack: readonly StackObject[],
  { components }: NetworkPolicySettings,
): string[] {
  if (!components.includes(componentOf(workload) ?? "")) return [];
  const policies = stack.filter((object) => isPolicyOf(object, workload));
  const has = (direction: string): boolean =>
    policies.some(({ props: policy }) => texts(at(policy, "spec.policyTypes")).includes(direction));
  return [
    ...["Ingress", "Egress"]
      .filter((direction) => !has(direction))
      .map((direction) => `no NetworkPolicy of the stack with policyTypes ${direction} selects these pods. Add one.`),
    ...policies.flatMap(({ name, props: policy }) =>
      list(at(policy, "spec.egress"))
        .map((rule, i) => ({ rule, i }))
        .filter(({ rule }) => isOpen(rule))
        .map(
          ({ i }) =>
            `spec.egress[${i}] of NetworkPolicy '${name}' opens (nearly) every destination. Use prefixes of /8 or longer (IPv6: /16) in network.egress and metric.prometheus.hostNetworks, or name ports.`,
        ),
    ),
  ];
}

function isPolicyOf({ type, props: policy }: KubernetesObject, { props: workload }: KubernetesObject): boolean {
  if (type !== "networking.k8s.io/v1:NetworkPolicy") return false;
  if (at(policy, "metadata.namespace") !== at(workload, "metadata.namespace")) return false;
  const labels = props(at(workload, "spec.template.metadata.labels"));
  const wanted = Object.entries(props(at(policy, "spec.podSelector.matchLabels")));
  return wanted.every(([key, value]) => labels[key] === value);
}

/** Returns true if an egress rule limits neither ports nor destinations. Pods of the cluster count as a limit. */
function isOpen(rule: unknown): boolean {
  const peers = list(at(rule, "to"));
  const ports = list(at(rule, "ports"));
  const anywhere = peers.length === 0 || peers.some((peer) => isAnywhere(at(peer, "ipBlock.cidr")));
  const anyPort =
    ports.length === 0 || ports.some((port) => at(port, "port") === undefined || at(port, "endPort") !== undefined);
  return anywhere && anyPort;
}

/** Returns true for prefixes shorter than /8 (IPv6: /16): two halves cover everything, too, and /8 is the widest private network. */
function isAnywhere(cidr: unknown): boolean {
  const [address = "", prefix] = String(cidr).split("/");
  return Number(prefix) < (address.includes(":") ? 16 : 8);
}
