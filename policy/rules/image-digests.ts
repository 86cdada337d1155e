import { at, quoted, type KubernetesObject, containersOf, podPath } from "../facts";
import { objectRule } from "../rule";

export const imageDigests = objectRule(
  {
    name: "image-digests",
    description: "Images have a digest, so the tested image is the one that runs, even if somebody moves a tag.",
    level: "advisory",
    severity: "high",
    applies: (object) => podPath(object) !== undefined,
  },
  imageViolations,
);

function imageViolations(object: KubernetesObject): string[] {
  return containersOf(object)
    .filter((container) => !/@sha256:[0-9a-f]{64}$/.test(String(at(container, "image"))))
    .map(
      (container) =>
        `container ${quoted(container)}: image ${String(at(container, "image"))} has no digest. Use NAME@sha256:… ` +
        "(settings gateway.image, agent.image and manager.image).",
    );
}
