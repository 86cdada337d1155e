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
