import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { create } from "./kubectl";

const run = promisify(execFile);

/**
 * Asks the API server whether a service account may do something: `yes` or `no`. `account` is `NAMESPACE:NAME`, and `args`
 * are those of `kubectl auth can-i`.
 */
export async function mayDo(account: string, ...args: string[]): Promise<string> {
  const asked = run("kubectl", ["auth", "can-i", `--as=system:serviceaccount:${account}`, ...args]);
  // The exit code of a `no` is an error. An error without an answer has no text.
  const { stdout } = await asked.catch((error: { readonly stdout?: string }) => error);
  return (stdout ?? "").trim();
}

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
 * Returns the rights that one of our service accounts has in a namespace by the API server, as `verb group/resource/name`,
 * without the rights of every service account.
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
