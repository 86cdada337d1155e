import { brokenRules, holdersOf, satisfying, type LimitRange } from "./limit-ranges";
import { trouble, type Trouble } from "./pod-state";

/** A request that the API server refused, and the surroundings that its message needs. */
export interface RefusedRequest {
  /** HTTP status. Missing if the API server was not reached. */
  readonly code?: number;
  /** The API server's words. */
  readonly detail: string;
  readonly namespace: string;
  /** Name of the settings of the collector whose pod is refused. */
  readonly collector: string;
  /** LimitRanges of the namespace, if they could be read. */
  readonly ranges?: readonly LimitRange[];
}

/** Settings that change what a ResourceQuota counts, by the quota's name for the resource. */
const settingOfResource: Readonly<Record<string, string>> = {
  "limits.cpu": "limits.cpu",
  "limits.memory": "limits.memory",
  cpu: "requests.cpu",
  "requests.cpu": "requests.cpu",
  memory: "requests.memory",
  "requests.memory": "requests.memory",
};

type Explain = (match: RegExpExecArray, request: RefusedRequest) => Trouble | undefined;

/** The API server's words for each reason that a setting can remove, with its explanation. */
const reasons: readonly (readonly [words: RegExp, explain: Explain])[] = [
  [
    /failed quota: (.+?): must specify (.*)/,
    ([, quota = "", missing = ""], request) => unlimited(quota, missing, request),
  ],
  [
    /exceeded quota: ([^,\s]+)(?:, requested: (\S+))?/,
    ([, quota = "", asked = ""], request) => exceeded(quota, asked, request),
  ],
  [/usage per (Container|Pod) is|max limit to request ratio per/, (_, request) => outOfRange(request)],
  [
    /no PriorityClass with name/,
    (_, { detail, collector }) =>
      trouble(
        `has a priority class that the cluster does not have (${detail})`,
        `Create it, or correct ${collector}.priorityClassName`,
      ),
  ],
  [
    /insufficient quota to match these scopes/,
    (_, { detail, namespace, collector }) =>
      trouble(
        `has a priority class for which namespace ${namespace} needs a quota (${detail})`,
        "Create a ResourceQuota there whose scopeSelector names that class, or name another class in " +
          `${collector}.priorityClassName`,
      ),
  ],
  [
    /violates PodSecurity|admission webhook|denied the request|ValidatingAdmissionPolicy/,
    (_, { detail }) =>
      trouble(
        `was not admitted (${detail})`,
        "The collectors' own pods would not be either: change the rule or what the workload's settings add to pods",
      ),
  ],
];

function unlimited(quota: string, missing: string, { detail, namespace, collector }: RefusedRequest): Trouble {
  const which = `ResourceQuota ${quota} of namespace ${namespace}`;
  if (/limits\.cpu for:/.test(missing)) {
    return trouble(
      `has no CPU limit, which ${which} requires (${detail})`,
      `Set ${collector}.resources.limits.cpu to what a collector needs on the busiest node`,
    );
  }
  return trouble(
    `lacks a limit or a request that ${which} requires (${detail})`,
    "Give the namespace a LimitRange with a default for it, or take it out of the quota",
  );
}

function exceeded(quota: string, asked: string, { detail, namespace, collector }: RefusedRequest): Trouble {
  const settings = asked.split(",").flatMap((one) => settingOfResource[one.split("=")[0] ?? ""] ?? []);
  const lower = [...new Set(settings)].map((setting) => `${collector}.resources.${setting}`).join(" and ");
  return trouble(
    `does not fit ResourceQuota ${quota} of namespace ${namespace} (${detail})`,
    `Raise the quota${lower === "" ? "" : `, or lower ${lower}`}`,
  );
}

function outOfRange({ detail, namespace, collector, ranges = [] }: RefusedRequest): Trouble | undefined {
  const rules = brokenRules(detail);
  if (rules.length === 0) return undefined;
  const settings = [...new Set(rules.map((rule) => satisfying(rule, `${collector}.resources`)))].join(", and ");
  return trouble(
    `breaks ${holdersOf(rules, ranges, namespace)} (${detail})`,
    `${settings.replace(/^./, (first) => first.toUpperCase())}, or change the LimitRange`,
  );
}

/** Returns why the API server refused a request that a validation needs. */
export function refusalOf(request: RefusedRequest): Trouble {
  const { code, detail, namespace } = request;
  if (code === undefined) {
    return trouble(`could not be run: the cluster does not answer (${detail})`, "Check the kubeconfig and the network");
  }
  for (const [words, explain] of reasons) {
    const match = words.exec(detail);
    const explained = match && explain(match, request);
    if (explained) return explained;
  }
  if (code === 401) {
    return trouble(
      `could not be run: the API server does not accept the login (${detail})`,
      "Check that the login in the kubeconfig is still valid",
    );
  }
  if (code === 403) {
    return trouble(
      `could not be run: you may not run a pod in namespace ${namespace} (${detail})`,
      "Get the right to create, get and delete pods and configmaps and to get pods/log there, or set telemetry:validation.mode to local",
    );
  }
  return trouble(`could not be run: the API server refused to run a pod (${detail})`, "Remove the cause");
}
