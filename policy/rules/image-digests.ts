import { at, quoted, type KubernetesObject } from "../facts/objects";
import { containersOf, podPath } from "../facts/pods";
import { objectRule } from "../rule";

export const imageDigests = objectRule(
  {
    name: "image-digests",
    description: "Images are named by digest, so what was tested is what runs, whoever moves a tag.",
    level: "advisory",
    severity: "high",
    applies: (object) => podPath(object) !== undefined,
  },
  imageViolations,
);

export function imageViolations(object: KubernetesObject): string[] {
  return containersOf(object)
    .filter((container) => !/@sha256:[0-9a-f]{64}$/.test(String(at(container, "image"))))
    .map(
      (container) =>
        `container ${quoted(container)}: image ${String(at(container, "image"))} has no digest: write NAME@sha256:… ` +
        "(the gateway's image is the setting gateway.image).",
    );
}
