import type { V1NodeSelectorRequirement, V1PodSpec } from "@kubernetes/client-node";
import { isSelected, labelOperators, type LabelSelector } from "../schema";
import { trouble, type Trouble } from "./pod-state";

type Labels = Readonly<Record<string, string>>;

/** The nodes of a cluster, by the parts of a pod's placement that some node fits. */
export interface Fitting {
  readonly selector: boolean;
  readonly affinity: boolean;
  readonly both: boolean;
}

const none: Fitting = { selector: false, affinity: false, both: false };

/** Adds a node with these labels. */
function withNode(before: Fitting, spec: V1PodSpec, labels: Labels): Fitting {
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
export async function fittingNodes(spec: V1PodSpec, pages: AsyncIterable<readonly Labels[]>): Promise<Fitting> {
  let found = none;
  for await (const page of pages) {
    for (const labels of page) {
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
