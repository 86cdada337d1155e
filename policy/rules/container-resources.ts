import { at, quoted, type KubernetesObject } from "../facts/objects";
import { containersOf, podPath } from "../facts/pods";
import { objectRule } from "../rule";

export interface ContainerResourceSettings {
  readonly required: readonly string[];
}

/** A limit of CPU is not demanded: a collector that is held back loses data that an idle core could save. */
export const containerResources = objectRule<ContainerResourceSettings>(
  {
    name: "container-resources",
    description: "Containers say what they need and the most they may take, so none starves its node.",
    severity: "medium",
    settings: {
      required: {
        type: "array",
        items: { type: "string" },
        default: ["requests.cpu", "requests.memory", "limits.memory"],
        description: "Fields of resources that every container has.",
      },
    },
    applies: (object) => podPath(object) !== undefined,
  },
  resourceViolations,
);

export function resourceViolations(object: KubernetesObject, { required }: ContainerResourceSettings): string[] {
  return containersOf(object).flatMap((container) =>
    required
      .filter((field) => at(container, `resources.${field}`) === undefined)
      .map((field) => `container ${quoted(container)}: set resources.${field}.`),
  );
}
