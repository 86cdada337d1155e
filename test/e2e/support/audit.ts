import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pods } from "./kubectl";

/** A request to the API server, as its audit log has it. */
export interface AuditedRequest {
  /** The request with its selectors: `follow pods in shop where spec.nodeName=its node`. */
  readonly what: string;
  readonly status: number;
  /** The time of the answer or, for a watch, of its beginning, in seconds since 1970. */
  readonly at: number;
  /** Name of the pod that sent the request. */
  readonly pod: string;
}

/** The requests of each kind of collector to the API server, and the most requests in a minute. */
export const askedOfApiServer: Readonly<Record<string, { readonly asks: readonly string[]; readonly most: number }>> = {
  "telemetry-metric-agent": {
    asks: [
      // No selector can select the EndpointSlices of a node.
      "follow endpointslices",
      "follow services",
      "follow nodes where metadata.name=its node",
      "follow pods where spec.nodeName=its node",
    ],
    most: 5,
  },
  "telemetry-metric-agent-cluster": {
    asks: [
      ...[
        "cronjobs",
        "daemonsets",
        "deployments",
        "horizontalpodautoscalers",
        "jobs",
        "namespaces",
        "nodes",
        "pods",
      ].map((kind) => `follow ${kind}`),
      ...["replicasets", "replicationcontrollers", "resourcequotas", "services", "statefulsets"].map(
        (kind) => `follow ${kind}`,
      ),
      "get leases telemetry-cluster-state in telemetry",
      "update leases telemetry-cluster-state in telemetry",
      // The kinds that the cluster has.
      ...["/api/v1", "/apis/apps/v1", "/apis/autoscaling/v2", "/apis/batch/v1"].map((path) => `get ${path}`),
    ],
    // The holder of the lease renews it every two seconds, and the other collector reads it as often.
    most: 40,
  },
  "telemetry-metric-agent-apiserver": {
    asks: [
      "get /metrics",
      ...["endpointslices", "pods", "services"].map(
        (kind) => `follow ${kind} in default where metadata.name=kubernetes`,
      ),
    ],
    most: 20,
  },
  "telemetry-otlp-gateway": {
    asks: ["follow nodes where metadata.name=its node", "follow pods where spec.nodeName=its node"],
    most: 5,
  },
};

interface Event {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly stageTimestamp: string;
  readonly user: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
}

/** Returns the requests to the API server of all running pods with a name and a service account of that name. */
export async function auditedRequests(name: string): Promise<AuditedRequest[]> {
  const nodes = new Map((await pods("telemetry", name)).map(({ metadata, spec }) => [metadata.name, spec.nodeName]));
  return requestsOf(name).flatMap((request) => {
    const node = nodes.get(request.pod);
    return node === undefined ? [] : [{ ...request, what: request.what.replace(`=${node}`, "=its node") }];
  });
}

/** Returns the highest rate of a pod's requests in a minute, without the first seconds of each pod. */
export function perMinute(requests: readonly AuditedRequest[], startSeconds: number): number {
  const pods = [...new Set(requests.map(({ pod }) => pod))];
  const until = Date.now() / 1000;
  const rates = pods.map((pod) => {
    const own = requests.filter((request) => request.pod === pod);
    const from = Math.min(...own.map(({ at }) => at)) + startSeconds;
    return (60 * own.filter(({ at }) => at >= from).length) / (until - from);
  });
  return Math.max(...rates);
}

function requestsOf(serviceAccount: string): AuditedRequest[] {
  const user = `system:serviceaccount:telemetry:${serviceAccount}`;
  return readFileSync(join(process.env.CLUSTER_STATE ?? "", "audit", "audit.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes(`"${user}"`))
    .map((line) => JSON.parse(line) as Event)
    .filter(isTheOne)
    .map((event) => ({
      what: describe(event),
      status: event.responseStatus?.code ?? 0,
      at: Date.parse(event.stageTimestamp) / 1000,
      pod: event.user.extra?.["authentication.kubernetes.io/pod-name"]?.[0] ?? "",
    }));
}

/** Returns whether an entry counts: the log has two entries of a watch, for its beginning and its end. */
function isTheOne({ stage, verb, responseStatus }: Event): boolean {
  const refused = (responseStatus?.code ?? 0) >= 400;
  return verb === "watch" && !refused ? stage === "ResponseStarted" : stage === "ResponseComplete";
}

function describe({ verb, requestURI, objectRef: { resource, namespace, name } = {} }: Event): string {
  const { pathname, searchParams } = new URL(requestURI, "https://api");
  const selectors = ["fieldSelector", "labelSelector"].flatMap((key) => searchParams.get(key) ?? []);
  return [
    // The verb of a watch depends on the API server's version.
    verb === "list" || verb === "watch" ? "follow" : verb,
    resource ?? pathname,
    // A field selector by name also sets the name of the reference.
    ...(name === undefined || selectors.length > 0 ? [] : [name]),
    ...(namespace === undefined ? [] : ["in", namespace]),
    ...(selectors.length === 0 ? [] : ["where", selectors.join(" and ")]),
  ].join(" ");
}
