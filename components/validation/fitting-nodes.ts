import type { V1NodeSelectorRequirement, V1PodSpec, V1Taint, V1Toleration } from "@kubernetes/client-node";
import { isSelected, labelOperators, type LabelSelector } from "../schema";
import { trouble, type Trouble } from "./pod-state";

/** The parts of a node that decide which pods it takes. */
export interface NodeFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly V1Taint[];
}

/** The nodes of a cluster, by the parts of a pod's placement that some node fits. */
export interface Fitting {
  readonly selector: boolean;
  readonly affinity: boolean;
  readonly both: boolean;
}

const none: Fitting = { selector: false, affinity: false, both: false };

/** Adds a node with these labels. */
function withNode(before: Fitting, spec: V1PodSpec, labels: NodeFacts["labels"]): Fitting {
  const selector = isSelected({ matchLabels: spec.nodeSelector ?? {} }, labels);
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const affinity =
    terms.length === 0 ||
    terms.some(({ matchExpressions = [] }) =>
      isSelected({ matchExpressions: matchExpressions.filter(isLabelExpression) }, labels),
    );
  return {
    selector: before.selector || selector,
    affinity: before.affinity || affinity,
    both: before.both || (selector && affinity),
  };
}

type LabelExpression = NonNullable<LabelSelector["matchExpressions"]>[number];

/** Leaves out comparisons, which no pod of this program has: they must not make a node unfit. */
function isLabelExpression(one: V1NodeSelectorRequirement): one is V1NodeSelectorRequirement & LabelExpression {
  return (labelOperators as readonly string[]).includes(one.operator);
}

/**
 * Returns which parts of a pod's placement some node fits, whatever its taints and its state: these may change while the
 * pod waits. Reads pages of nodes' labels up to the first node that fits completely.
 */
export async function fittingNodes(spec: V1PodSpec, pages: AsyncIterable<readonly NodeFacts[]>): Promise<Fitting> {
  let found = none;
  for await (const page of pages) {
    for (const { labels } of page) {
      found = withNode(found, spec, labels);
      if (found.both) return found;
    }
  }
  return found;
}

/** Why no node fits a pod, if none does. */
export type Placement =
  | { readonly isFinal: true; readonly trouble: Trouble }
  /** An autoscaler may add such a node while the pod waits. */
  | { readonly isFinal: false; readonly trouble?: Trouble };

/**
 * Returns why the pod does not run, if no node fits. If no node has the labels that the user names, waiting does not
 * help: a typo looks the same. `collector` is the name of the settings of the pod.
 */
export function placement(spec: V1PodSpec, { selector, affinity, both }: Fitting, collector: string): Placement {
  if (both) return { isFinal: false };
  const labels = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  const selected = `${collector}.nodeSelector (${labels.join(", ")})`;
  if (!affinity) {
    return {
      isFinal: false,
      trouble: trouble(
        "finds no node: the cluster has no node that is a Linux machine",
        "Add one: Windows nodes and virtual nodes, such as those of Fargate, can run no collector",
      ),
    };
  }
  return {
    isFinal: true,
    trouble: selector
      ? trouble(
          `finds no node: those with the labels of ${selected} run Windows or are virtual`,
          `Select Linux machines by ${collector}.nodeSelector`,
        )
      : trouble(
          `finds no node: none has the labels of ${selected}`,
          `Correct ${collector}.nodeSelector, or give nodes these labels`,
        ),
  };
}

/** Taints that keep a pod off nodes whose labels fit. */
interface KeepingOff {
  /** Taints that Kubernetes gives to nodes that are cordoned, lost or short of a resource. */
  readonly ofState: readonly string[];
  /** All other taints. */
  readonly others: readonly string[];
}

/** Returns the taints that a pod does not tolerate on nodes that fit it otherwise, each as `key=value:effect`, sorted. */
export async function keepingOff(spec: V1PodSpec, pages: AsyncIterable<readonly NodeFacts[]>): Promise<KeepingOff> {
  const found = new Set<string>();
  for await (const page of pages) {
    for (const { labels, taints } of page) {
      if (!withNode(none, spec, labels).both) continue;
      for (const taint of taints.filter((one) => !isTolerated(one, spec.tolerations))) found.add(textOf(taint));
    }
  }
  const all = [...found].sort();
  const isOfState = (text: string): boolean => text.startsWith("node.kubernetes.io/");
  return { ofState: all.filter(isOfState), others: all.filter((text) => !isOfState(text)) };
}

const textOf = ({ key, value, effect }: V1Taint): string => `${key}${value ? `=${value}` : ""}:${effect}`;

function isTolerated(taint: V1Taint, tolerations: readonly V1Toleration[] = []): boolean {
  if (taint.effect === "PreferNoSchedule") return true;
  return tolerations.some(
    ({ key = "", operator = "Equal", value = "", effect = "" }) =>
      (effect === "" || effect === taint.effect) &&
      (key === "" || key === taint.key) &&
      (operator === "Exists" || value === (taint.value ?? "")),
  );
}

/** Returns the remedy for a pod that taints keep off all nodes, without a full stop. `taints` is missing if unknown. */
export function despiteTaints(taints: KeepingOff | undefined, collector: string): string {
  const { ofState = [], others = [] } = taints ?? {};
  const elsewhere = `or select other nodes by ${collector}.nodeSelector`;
  if (others.length === 0 && ofState.length > 0) {
    return `Its nodes are cordoned, or not well (taints ${ofState.join(", ")}): make them ready for pods, ${elsewhere}`;
  }
  const which = others.length === 0 ? "" : ` (${others.join(", ")})`;
  return `Its nodes have taints${which}: set ${collector}.tolerations, such as [{ operator: Exists }] for all taints, ${elsewhere}`;
}
