import { mostObjectBytes } from "../contract";
import type { Finding } from "../schema";

/** Reports credentials that exceed the size limit of the merged Secret. The finding names the longest value. Lengths are bytes. */
export function credentialsFindings(
  total: number,
  values: readonly { readonly path: string; readonly bytes: number }[],
): Finding[] {
  const [longest] = [...values].sort((a, b) => b.bytes - a.bytes);
  if (total <= mostObjectBytes || longest === undefined) return [];
  return [
    {
      severity: "error",
      path: longest.path,
      problem: `is ${longest.bytes} bytes long, the credentials of all pipelines together ${total}, and a Secret holds ${mostObjectBytes}`,
      remedy: longest.path.endsWith("tls.ca")
        ? "Keep only the authorities that the backend needs"
        : "Shorten it, or serve some of the pipelines by another stack",
    },
  ];
}
