import { at, quoted, type KubernetesObject, containersOf, podPath } from "../facts";
import { objectRule } from "../rule";

export interface ContainerResourceSettings {
  readonly required: readonly string[];
}

/** Accepts a CPU limit, but does not require one: a throttled collector loses data that an idle core could save. */
export const containerResources = objectRule<ContainerResourceSettings>(
  {
    name: "container-resources",
    description: "Each container has requests and a memory limit, so none starves its node.",
    severity: "medium",
    settings: {
      required: {
        type: "array",
        items: { type: "string" },
        default: ["requests.cpu", "requests.memory", "limits.memory"],
        description: "Fields of `resources` that every container must set.",
      },
    },
    applies: (object) => podPath(object) !== undefined,
  },
  resourceViolations,
);

/** Returns true for a missing amount and for zero: a request of 0 reserves nothing, and a limit of 0 limits nothing. */
function isNothing(amount: unknown): boolean {
  return amount === undefined || amount === 0 || (typeof amount === "string" && /^0+(?:\.0*)?[A-Za-z]*$/.test(amount));
}

function resourceViolations(object: KubernetesObject, { required }: ContainerResourceSettings): string[] {
  return containersOf(object).flatMap((container) =>
    required
      .filter((field) => isNothing(at(container, `resources.${field}`)))
      .map((field) => `container ${quoted(container)}: set resources.${field}.`),
  );
}
