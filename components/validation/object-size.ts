import type { Finding, Pipeline, Pipelines } from "../settings";

/** Bytes that the API server lets a ConfigMap hold, and the values of a Secret. */
export const mostBytes = 1024 * 1024;

/**
 * What is too long for the ConfigMap that a configuration is kept in. The pipeline with the longest transforms and
 * filters is named: nothing else that users write gets so long.
 */
export function sizeFindings(configurations: readonly string[], { metric, trace, log }: Pipelines): Finding[] {
  const largest = Math.max(0, ...configurations.map((text) => Buffer.byteLength(text)));
  const [longest] = [...metric, ...trace, ...log].sort((a, b) => lengthOf(b) - lengthOf(a));
  if (largest <= mostBytes || longest === undefined) return [];
  const problem = `is the longest part of a collector configuration of ${largest} bytes, and a ConfigMap holds ${mostBytes}`;
  return [{ severity: "error", path: longest.path, problem, remedy: "Shorten its transforms and filters" }];
}

const lengthOf = ({ transform, filter }: Pipeline): number => JSON.stringify([transform, filter]).length;

/** What is too much for the one Secret that all credentials are copied into: the longest value of all is named. */
export function credentialsFindings(
  files: readonly string[],
  values: readonly { readonly path: string; readonly text: string }[],
): Finding[] {
  const total = files.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const [longest] = values
    .map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text) }))
    .sort((a, b) => b.bytes - a.bytes);
  if (total <= mostBytes || longest === undefined) return [];
  return [
    {
      severity: "error",
      path: longest.path,
      problem: `is ${longest.bytes} bytes long, the credentials of all pipelines together ${total}, and a Secret holds ${mostBytes}`,
      remedy: longest.path.endsWith("tls.ca")
        ? "Keep only the authorities that the backend needs"
        : "Shorten it, or serve some of the pipelines by another stack",
    },
  ];
}
