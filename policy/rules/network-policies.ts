import {
  coverEverything,
  type IpBlock,
  at,
  list,
  props,
  texts,
  type KubernetesObject,
  type StackObject,
  podKinds,
  componentOf,
} from "../facts";
import { stackRule } from "../rule";

export interface NetworkPolicySettings {
  /** Components whose pods need a NetworkPolicy. */
  readonly components: readonly string[];
}

export const networkPolicies = stackRule<NetworkPolicySettings>(
  {
    name: "network-policies",
    description: "NetworkPolicies limit the pods of gateway, agent and log agent to the traffic that they need.",
    severity: "high",
    settings: {
      components: {
        type: "array",
        items: { type: "string" },
        default: ["gateway", "agent", "log-agent"],
        description: "Values of the label app.kubernetes.io/component of the workloads that need a NetworkPolicy.",
      },
    },
    applies: (object) => podKinds.includes(object.type) && componentOf(object) !== undefined,
  },
  networkViolations,
);

const remedy =
  "Use prefixes of /8 or longer (IPv6: /16) in network.egress and metric.prometheus.hostNetworks, fewer addresses than " +
  "a /7 (IPv6: /15) in all, or name ports.";

function networkViolations(
  workload: KubernetesObject,
  stack: readonly StackObject[],
  { components }: NetworkPolicySettings,
): string[] {
  if (!components.includes(componentOf(workload) ?? "")) return [];
  const policies = stack.filter((object) => isPolicyOf(object, workload));
  const has = (direction: string): boolean =>
    policies.some(({ props: policy }) => texts(at(policy, "spec.policyTypes")).includes(direction));
  const rules = policies.flatMap(({ name, props: policy }) =>
    list(at(policy, "spec.egress")).map((rule, i) => ({ rule, place: `spec.egress[${i}] of NetworkPolicy '${name}'` })),
  );
  const open = rules.filter(({ rule }) => isOpen(rule));
  const names = [...new Set(policies.map(({ name }) => `'${name}'`))].join(", ");
  return [
    ...["Ingress", "Egress"]
      .filter((direction) => !has(direction))
      .map((direction) => `no NetworkPolicy of the stack with policyTypes ${direction} selects these pods. Add one.`),
    ...open.map(({ place }) => `${place} opens (nearly) every destination. ${remedy}`),
    ...(open.length === 0 && coverEverything(rules.flatMap(({ rule }) => blocksOnEveryPort(rule)))
      ? [`the rules in spec.egress of NetworkPolicy ${names} together open (nearly) every destination. ${remedy}`]
      : []),
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
  return isOnEveryPort(rule) && (list(at(rule, "to")).length === 0 || coverEverything(blocksOnEveryPort(rule)));
}

function isOnEveryPort(rule: unknown): boolean {
  const ports = list(at(rule, "ports"));
  return (
    ports.length === 0 || ports.some((port) => at(port, "port") === undefined || at(port, "endPort") !== undefined)
  );
}

/** Lists the addresses that a rule opens on every port. */
function blocksOnEveryPort(rule: unknown): IpBlock[] {
  if (!isOnEveryPort(rule)) return [];
  return list(at(rule, "to"))
    .map((peer) => at(peer, "ipBlock"))
    .filter((block) => block !== undefined)
    .map((block) => ({ cidr: String(at(block, "cidr")), except: texts(at(block, "except")) }));
}
