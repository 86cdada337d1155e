import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "./kubectl";

interface Rules {
  readonly status: {
    readonly resourceRules: readonly {
      verbs: readonly string[];
      apiGroups?: readonly string[];
      resources?: readonly string[];
      resourceNames?: readonly string[];
    }[];
    readonly nonResourceRules: readonly { verbs: readonly string[]; nonResourceURLs?: readonly string[] }[];
  };
}

/**
 * What the API server says that a service account of ours may do in a namespace, as `verb group/resource/name`,
 * without what every service account may.
 */
export async function rightsOf(serviceAccount: string, namespace = "telemetry"): Promise<string[]> {
  const everybody = new Set(await allRightsOf("default", namespace));
  return (await allRightsOf(serviceAccount, namespace)).filter((right) => !everybody.has(right));
}

async function allRightsOf(serviceAccount: string, namespace: string): Promise<string[]> {
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  };
  const { status } = await create<Rules>(review, `system:serviceaccount:telemetry:${serviceAccount}`);
  const rights = [
    ...status.resourceRules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [""] }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            resourceNames.map((name) => `${verb} ${[group, resource, name].filter((part) => part !== "").join("/")}`),
          ),
        ),
      ),
    ),
    ...status.nonResourceRules.flatMap(({ verbs, nonResourceURLs = [] }) =>
      verbs.flatMap((verb) => nonResourceURLs.map((url) => `${verb} ${url}`)),
    ),
  ];
  return [...new Set(rights)].sort();
}

export interface AuditedRequest {
  readonly verb: string;
  readonly resource: string;
  readonly uri: string;
  readonly status: number;
}

/** What pods with a service account of ours have asked the API server for, by its audit log. */
export function auditedRequests(serviceAccount: string): AuditedRequest[] {
  const user = `system:serviceaccount:telemetry:${serviceAccount}`;
  interface Event {
    readonly stage: string;
    readonly verb: string;
    readonly user: { readonly username: string };
    readonly requestURI: string;
    readonly objectRef?: { readonly resource?: string };
    readonly responseStatus?: { readonly code: number };
  }
  return readFileSync(join(process.env.CLUSTER_STATE ?? "", "audit", "audit.log"), "utf8")
    .split("\n")
    .filter((line) => line.includes(`"${user}"`))
    .map((line) => JSON.parse(line) as Event)
    .filter(({ stage }) => stage !== "RequestReceived")
    .map(({ verb, requestURI, objectRef, responseStatus }) => ({
      verb,
      resource: objectRef?.resource ?? "",
      uri: decodeURIComponent(requestURI),
      status: responseStatus?.code ?? 0,
    }));
}
