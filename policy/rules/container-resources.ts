import { at, quoted, type KubernetesObject } from "../facts/objects";
import { containersOf, podPath } from "../facts/pods";
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

function resourceViolations(object: KubernetesObject, { required }: ContainerResourceSettings): string[] {
  return containersOf(object).flatMap((container) =>
    required
      .filter((field) => at(container, `resources.${field}`) === undefined)
      .map((field) => `container ${quoted(container)}: set resources.${field}.`),
  );
}
