import { safeBodySize } from "../../inputs";
import { bytes, warning, type Finding } from "../../schema";

/** Warns of a limit for answers that lets any target end the agent of its node. `path` is the place of the limit. */
export function checkBodySize(bodySize: string | undefined, path: string): Finding[] {
  if (bodySize === undefined || bytes(bodySize) <= bytes(safeBodySize)) return [];
  return [
    warning(
      path,
      `is more than ${safeBodySize}, so each target can end the agent of its node with a label of 16 MiB`,
      `Write ${safeBodySize} or less if you do not trust all targets`,
    ),
  ];
}
