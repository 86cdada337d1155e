/** The version that an image's tag names, without its digest: `collector:0.161.0@sha256:…` is `0.149.0`. */
export function imageVersion(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+)(?:@.*)?$/.exec(image)?.[1];
}
