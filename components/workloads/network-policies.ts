import { isIP } from "node:net";
import type { types } from "@pulumi/kubernetes";
import { ports } from "../collector/config";
import { serviceName } from "../settings";

type Egress = types.input.networking.v1.NetworkPolicyEgressRule;
type Ingress = types.input.networking.v1.NetworkPolicyIngressRule;

/** Where a pipeline's data goes, as far as others may know. */
export interface Backend {
  /** Missing when the address is kept in a Secret. */
  readonly host?: string;
  readonly port: number;
  /** Of a secret address: whether it is, or may be, a Service of the cluster. */
  readonly service?: "certain" | "possible";
}

/** Pods with this label may read the metrics that gateway and agent have about themselves. */
export const selfMetricsLabel = { "telemetry/self-metrics": "allowed" };

/** Name servers answer on 53; behind their Service, which is what a policy sees, those of OpenShift on 5353, of Gardener on 8053. */
const dns: Egress = {
  ports: [53, 5353, 8053].flatMap((port) => [
    { protocol: "UDP", port },
    { protocol: "TCP", port },
  ]),
};

/**
 * The API server's own ports, which is what a policy sees: 443 where it is managed, 6443 where it was installed, 8443 of
 * minikube, 16443 of MicroK8s.
 */
export const apiServerPorts: readonly number[] = [443, 6443, 8443, 16443];
const apiServer: Egress = { ports: apiServerPorts.map((port) => ({ protocol: "TCP", port })) };

/** Metrics about the collector, for labelled pods of any namespace. */
export const selfMetricsIngress: readonly Ingress[] = [
  {
    from: [{ namespaceSelector: {}, podSelector: { matchLabels: selfMetricsLabel } }],
    ports: [{ protocol: "TCP", port: ports.selfMetrics }],
  },
];

/** Telemetry from every pod, and metrics about the gateway. */
export const gatewayIngress: readonly Ingress[] = [
  { ports: [ports.otlpGrpc, ports.otlpHttp].map((port) => ({ protocol: "TCP", port })) },
  ...selfMetricsIngress,
];

const everyPod: Egress = { to: [{ namespaceSelector: {} }] };
/** Addresses of nodes are not known beforehand. */
const kubelets: Egress = { ports: [{ protocol: "TCP", port: 10250 }] };

const everyPort = (cidr: string): Egress => ({ to: [{ ipBlock: { cidr } }] });

/** What `egressTo` says, and the targets of the inputs. */
export function agentEgress(
  inputs: readonly string[],
  hostNetworks: readonly string[],
  ...away: Parameters<typeof egressTo>
): Egress[] {
  const scrapes = inputs.includes("prometheus") || inputs.includes("istio");
  return [
    ...egressTo(...away),
    ...(scrapes ? [everyPod, ...hostNetworks.map(everyPort)] : []),
    ...(inputs.includes("runtime") ? [kubelets] : []),
  ];
}

/** Name servers, the API server, the backends of the pipelines and the CIDRs that the user names; nothing else can be reached. */
export function egressTo(backends: readonly Backend[], ownNamespace: string, cidrs: readonly string[]): Egress[] {
  const rules = backends.flatMap((backend) => backendRules(backend, ownNamespace));
  const byText = new Map(rules.map((rule) => [JSON.stringify(rule), rule]));
  const sorted = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
  return [dns, apiServer, ...sorted, ...cidrs.map(everyPort)];
}

function backendRules({ host, port, service: secret }: Backend, ownNamespace: string): Egress[] {
  const onPort = [{ protocol: "TCP", port }];
  // Which namespace it is in would tell where a secret address leads.
  if (host === undefined) return [...(secret ? [everyPod] : []), ...(secret === "certain" ? [] : [{ ports: onPort }])];
  if (isIP(host) !== 0) {
    return [{ to: [{ ipBlock: { cidr: `${host}/${isIP(host) === 4 ? 32 : 128}` } }], ports: onPort }];
  }
  const service = serviceName(host);
  if (!service) return [{ ports: onPort }];
  // A policy sees the pod's port, which need not be the Service's, so a Service's namespace is allowed on all ports.
  const namespace = { "kubernetes.io/metadata.name": service.namespace ?? ownNamespace };
  const inCluster: Egress = { to: [{ namespaceSelector: { matchLabels: namespace } }] };
  return service.certain ? [inCluster] : [inCluster, { ports: onPort }];
}
