import { z } from "zod";

const part = String.raw`[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?`;
const host = String.raw`(?:${part}(?:\.${part})*|\[[\da-fA-F:]+\])(?::\d+)?`;
const path = String.raw`[a-z\d]+(?:(?:[./]|_{1,2}|-+)[a-z\d]+)*`;

/** `HOST:PORT/PATH:TAG@DIGEST`, of which only the path is required. */
const imageReference = new RegExp(String.raw`^(?:${host}/)?${path}(?::\w[\w.-]{0,127})?(?:@[a-z\d]+:[\da-f]+)?$`);

/** Hexadecimal digits of a digest, by the algorithms that container engines know. */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Whether the digest, if there is one, is complete. One that was cut off is found only when a node pulls the image. */
function hasWholeDigest(image: string): boolean {
  const [, algorithm = "", digits = ""] = /@([^:]*):(.*)$/.exec(image) ?? [];
  return !image.includes("@") || digestLengths[algorithm] === digits.length;
}

/** Name of an image that a registry could have. */
export const imageName = (): z.ZodString =>
  z
    .string()
    .regex(imageReference, "is not an image name")
    .refine((image) => !imageReference.test(image) || hasWholeDigest(image), {
      message: "has a digest that is not complete: 64 digits follow `sha256:`",
      params: { remedy: "Copy the whole digest" },
    });

/**
 * Returns the version at the start of an image's tag, without a `v`, a suffix and the digest:
 * `collector:v0.161.0-amd64@sha256:…` is `0.161.0`, and `collector:0.161` is `0.161`. Returns nothing for other tags.
 */
export function imageVersion(image: string): string | undefined {
  const name = image.slice(image.lastIndexOf("/") + 1);
  return /^[^@:]*:v?(\d+\.\d+(?:\.\d+)?)(?!\d)/i.exec(name)?.[1];
}
