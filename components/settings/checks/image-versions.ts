import { collectorImage, collectorVersions } from "../../contract";
import { error, imageVersion, type Finding, warning } from "../../schema";

const { oldest, newest } = collectorVersions;
const range = `${oldest} to ${newest}`;

/** Checks that an image is a collector on which the configuration means the same. `path` is the place of the image. */
export function checkImageVersion(image: string | undefined, path: string): Finding[] {
  if (image === undefined) return [];
  const version = imageVersion(image);
  if (version === undefined) {
    return [
      warning(
        path,
        `has no version at the start of its tag, so its version cannot be checked. It must be a collector from ${range}`,
        `Write the version as the tag, also before a digest, which alone is pulled: \`:${newest}@sha256:…\``,
      ),
    ];
  }
  return isInRange(version)
    ? []
    : [
        error(
          path,
          `is version ${version}, but the configuration is for collectors from ${range}`,
          `Use one of these, such as ${collectorImage(newest)}. If the image has a version scheme of its own, write the ` +
            `version of its collector as the tag before its digest, which alone is pulled: \`:${newest}@sha256:…\``,
        ),
      ];
}

/** Later patches of the newest version are in the range: a patch changes no configuration. */
function isInRange(version: string): boolean {
  const at = minorOf(version);
  return at >= minorOf(oldest) && at <= minorOf(newest);
}

/** Returns major and minor version as one number. */
function minorOf(version: string): number {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 10_000 + minor;
}
