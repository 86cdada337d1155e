import { isIP } from "node:net";
import type { types } from "@pulumi/kubernetes";
import { apiServerPorts, nameServerPorts, ports, selfMetricsLabel } from "../contract";
import type { Backend } from "../credentials";
import { everyPod, everyPort } from "../inputs";
import type { PlannedNetwork } from "../plan";
import { acceptedCidr } from "../schema";
import { serviceName } from "../settings";

type Egress = types.input.networking.v1.NetworkPolicyEgressRule;
type Ingress = types.input.networking.v1.NetworkPolicyIngressRule;

const dns: Egress = {
  ports: nameServerPorts.flatMap((port) => [
    { protocol: "UDP", port },
    { protocol: "TCP", port },
  ]),
};

const apiServer: Egress = { ports: apiServerPorts.map((port) => ({ protocol: "TCP", port })) };

/** Access to the collector's own metrics, for labelled pods of any namespace. */
const selfMetricsIngress: readonly Ingress[] = [
  {
    from: [{ namespaceSelector: {}, podSelector: { matchLabels: selfMetricsLabel } }],
    ports: [{ protocol: "TCP", port: ports.selfMetrics }],
  },
];

/** Access for telemetry from every pod. */
const telemetryIngress: Ingress = {
  ports: [ports.otlpGrpc, ports.otlpHttp].map((port) => ({ protocol: "TCP", port })),
};

/** Returns the rules about the traffic to a collector. */
export function ingressOf({ takesPushed }: PlannedNetwork): Ingress[] {
  return [...(takesPushed ? [telemetryIngress] : []), ...selfMetricsIngress];
}

/** Returns the rules about the traffic from a collector, once its backends are known. */
export function egressOf(
  { targets, cidrs, proxy }: PlannedNetwork,
  backends: readonly Backend[],
  namespace: string,
): Egress[] {
  // Backends keep their rules: the cluster's own ones, and those in `noProxy`, are not behind the proxy.
  return [...egressTo(proxy ? [...backends, proxy] : backends, namespace, cidrs), ...targets];
}

/** Allows name servers, the API server, the backends of the pipelines and the user's CIDRs, and nothing else. */
export function egressTo(backends: readonly Backend[], ownNamespace: string, cidrs: readonly string[]): Egress[] {
  const rules = backends.flatMap((backend) => backendRules(backend, ownNamespace));
  const byText = new Map(rules.map((rule) => [JSON.stringify(rule), rule]));
  const sorted = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
  return [dns, apiServer, ...sorted, ...cidrs.map(everyPort)];
}

function backendRules({ host, port, service: secret }: Backend, ownNamespace: string): Egress[] {
  const onPort = [{ protocol: "TCP", port }];
  // The rule does not name the namespace, which would reveal part of a secret address.
  if (host === undefined) return [...(secret ? [everyPod] : []), ...(secret === "certain" ? [] : [{ ports: onPort }])];
  if (isIP(host) !== 0) {
    return [{ to: [{ ipBlock: { cidr: acceptedCidr(`${host}/${isIP(host) === 4 ? 32 : 128}`) } }], ports: onPort }];
  }
  const service = serviceName(host);
  if (!service) return [{ ports: onPort }];
  // A policy applies to the pod's port, which may differ from the Service's, so a Service's namespace has all ports.
  const namespace = { "kubernetes.io/metadata.name": service.namespace ?? ownNamespace };
  const inCluster: Egress = { to: [{ namespaceSelector: { matchLabels: namespace } }] };
  return service.certain ? [inCluster] : [inCluster, { ports: onPort }];
}
