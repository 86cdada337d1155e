import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pods } from "./kubectl";

/** A request to the API server, as its audit log has it. */
export interface AuditedRequest {
  /** What is asked for, with all that narrows it: `follow pods in shop where spec.nodeName=its node`. */
  readonly what: string;
  readonly status: number;
  /** Seconds since 1970, when it was answered or, for a watch, begun. */
  readonly at: number;
  /** Name of the pod that asked. */
  readonly pod: string;
}

/** What each kind of collector asks the API server for, and how many requests it makes in a minute at most. */
export const askedOfApiServer: Readonly<Record<string, { readonly asks: readonly string[]; readonly most: number }>> = {
  "telemetry-metric-agent": {
    asks: [
      // Those of a node can't be told from others by a selector.
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
      // Which kinds there are.
      ...["/api/v1", "/apis/apps/v1", "/apis/autoscaling/v2", "/apis/batch/v1"].map((path) => `get ${path}`),
    ],
    // Whoever has the lease renews it every two seconds, and the other one looks as often.
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

/** What the pods that now run under a name, and a service account of that name, have asked the API server for. */
export async function auditedRequests(name: string): Promise<AuditedRequest[]> {
  const nodes = new Map((await pods("telemetry", name)).map(({ metadata, spec }) => [metadata.name, spec.nodeName]));
  return requestsOf(name).flatMap((request) => {
    const node = nodes.get(request.pod);
    return node === undefined ? [] : [{ ...request, what: request.what.replace(`=${node}`, "=its node") }];
  });
}

/** Requests of each pod in a minute of the last ones, without those of the time in which it starts. */
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

/** A watch is told when it begins and again when it ends; everything else when it is done. */
function isTheOne({ stage, verb, responseStatus }: Event): boolean {
  const refused = (responseStatus?.code ?? 0) >= 400;
  return verb === "watch" && !refused ? stage === "ResponseStarted" : stage === "ResponseComplete";
}

function describe({ verb, requestURI, objectRef: { resource, namespace, name } = {} }: Event): string {
  const { pathname, searchParams } = new URL(requestURI, "https://api");
  const selectors = ["fieldSelector", "labelSelector"].flatMap((key) => searchParams.get(key) ?? []);
  return [
    // Which of the two it is depends on the API server's version.
    verb === "list" || verb === "watch" ? "follow" : verb,
    resource ?? pathname,
    // Of what is chosen by its name, the log also has that.
    ...(name === undefined || selectors.length > 0 ? [] : [name]),
    ...(namespace === undefined ? [] : ["in", namespace]),
    ...(selectors.length === 0 ? [] : ["where", selectors.join(" and ")]),
  ].join(" ");
}
