import { z } from "zod";

/** `HOST:PORT/PATH:TAG@DIGEST`, of which only the path is required. */
const imageReference =
  /^(?:(?:[\w.-]+|\[[\da-fA-F:]+\])(?::\d+)?\/)?[a-z\d]+(?:(?:[./]|_{1,2}|-+)[a-z\d]+)*(?::\w[\w.-]{0,127})?(?:@[a-z\d]+:[\da-f]{32,})?$/;

/** Name of an image that a registry could have. */
export const imageName = (): z.ZodString => z.string().regex(imageReference, "is not an image name");

/**
 * Returns the version at the start of an image's tag, without a `v`, a suffix and the digest:
 * `collector:v0.161.0-amd64@sha256:…` is `0.161.0`, and `collector:0.161` is `0.161`. Returns nothing for other tags.
 */
export function imageVersion(image: string): string | undefined {
  const name = image.slice(image.lastIndexOf("/") + 1);
  return /^[^@:]*:v?(\d+\.\d+(?:\.\d+)?)(?!\d)/i.exec(name)?.[1];
}
