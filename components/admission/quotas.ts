import { containerName } from "../contract";
import { cannotBeLess, hasSetting, isTooLittle } from "./least-limits";
import { listed, sentenceOf, type Explanation, type RefusedPod } from "./refused-pod";

/** A resource as a ResourceQuota names it: `limits.cpu`, `requests.cpu` or `cpu`, which are the same, or `pods`. */
interface Counted {
  readonly part: "limits" | "requests";
  readonly resource: string;
}

function counted(name: string): Counted {
  const [, part = "requests", resource = name] = /^(limits|requests)\.(.*)$/.exec(name) ?? [];
  return { part: part === "limits" ? part : "requests", resource };
}

/** The field in which a LimitRange gives containers an amount that they lack. */
const fieldOf = { limits: "default", requests: "defaultRequest" } as const;

const which = (quota: string, namespace: string): string => `ResourceQuota ${quota} of namespace ${namespace}`;

/** Explains a pod that lacks amounts. `missing` is the API server's list: `limits.cpu for: collector,proxy; cpu for: proxy`. */
export function lackingAmounts(
  quota: string,
  missing: string,
  { detail, namespace, collector }: RefusedPod,
): Explanation {
  const lacks = missing.split("; ").flatMap((one) => {
    const [name = "", containers = ""] = one.split(" for: ");
    return containers.split(",").map((container) => ({ name, container }));
  });
  const names = lacks.map(({ name, container }) =>
    container === containerName ? name : `${name} of container ${container}`,
  );
  return {
    problem: `lacks ${listed(names)}, which ${which(quota, namespace)} requires (${detail})`,
    remedy: sentenceOf(lacks.map(({ name, container }) => giving(counted(name), container, collector))),
  };
}

/** Returns how to give a container an amount, as a phrase. */
function giving({ part, resource }: Counted, container: string, collector: string): string {
  if (container !== containerName || !hasSetting(resource)) {
    return `give the namespace a LimitRange with a ${fieldOf[part]} for ${resource}`;
  }
  const setting = `set ${collector}.resources.${part}.${resource}`;
  return part === "limits" && resource === "cpu" ? `${setting} to what a collector needs on the busiest node` : setting;
}

/** The API server's three lists of the resources that a pod would exceed: `limits.cpu=1,pods=3`. */
export interface ExceededAmounts {
  readonly requested: string;
  readonly used: string;
  readonly limited: string;
}

/** Explains a pod that does not fit a quota. */
export function exceeding(
  quota: string,
  { requested, used, limited }: ExceededAmounts,
  { detail, namespace, collector }: RefusedPod,
): Explanation {
  const [asked, taken, most] = [amountsIn(requested), amountsIn(used), amountsIn(limited)];
  const ways = [...asked.keys()].map((name) => lowering(counted(name), collector, most.get(name), taken.get(name)));
  return {
    problem: `does not fit ${which(quota, namespace)} (${detail})`,
    remedy: `Raise the quota${remarkOn(ways)}`,
  };
}

const amountsIn = (list: string): ReadonlyMap<string, string> =>
  new Map(list.split(",").map((one) => one.split("=") as [string, string]));

/** How to ask a quota for less of a resource, or why no setting does. */
type Lowering = { readonly lower: string } | { readonly obstacle?: string };

function lowering({ part, resource }: Counted, collector: string, most = "", used = ""): Lowering {
  const setting = `${collector}.resources.${part}.${resource}`;
  if (hasSetting(resource)) {
    const isFull = part === "limits" && isTooLittle(resource, most, used);
    return isFull ? { obstacle: cannotBeLess(setting, resource) } : { lower: setting };
  }
  return resource === "ephemeral-storage"
    ? { lower: `the ${fieldOf[part]} for ${resource} in the LimitRange that sets it` }
    : {};
}

/** Lowering helps only if all resources can be lowered. */
function remarkOn(ways: readonly Lowering[]): string {
  const lower = ways.flatMap((way) => ("lower" in way ? way.lower : []));
  if (lower.length === ways.length) return `, or lower ${listed([...new Set(lower)])}`;
  const obstacles = ways.flatMap((way) => ("obstacle" in way ? (way.obstacle ?? []) : []));
  return obstacles.length === 0 ? "" : `: ${obstacles.join(", and ")}`;
}

/** Explains a pod that meets a quota too early. The cluster first counts what a new or changed quota is about. */
export const uncounted = (quota: string, { detail, namespace }: RefusedPod): Explanation => ({
  problem: `came before the cluster had counted the usage of ${which(quota, namespace)} (${detail})`,
  remedy: "Run `pulumi up` again. If this stays, check that the cluster's kube-controller-manager runs",
});

/** Explains a pod that uses resources which the cluster allows only under a quota. */
export const uncovered = (resources: string, { detail, namespace }: RefusedPod): Explanation => ({
  problem: `uses resources for which namespace ${namespace} needs a quota (${detail})`,
  remedy: `Create a ResourceQuota there for ${listed(resources.split(","))}`,
});
