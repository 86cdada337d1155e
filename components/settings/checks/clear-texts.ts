import { credentialIn, error, type Finding, isLater, type PathKey, type Place, warning } from "../../schema";
import { endpointParts } from "./endpoint";

/**
 * Reports credentials in all texts that are stored in clear, in the configuration's state, in ConfigMaps or in the
 * objects of the workloads. Only the values of outputs and tokens, which go into the merged Secret, may hold one. A credential in
 * OTTL is a warning, because a statement may look for texts of that form.
 */
export function checkClearTexts(value: unknown, place: Place, keys: readonly PathKey[] = []): Finding[] {
  if (isEndpoint(keys) && typeof value === "string") return checkEndpointPath(value, place(keys));
  if (isSecretPlace(keys)) return [];
  if (typeof value === "string") return checkClearText(value, place(keys), keys);
  if (typeof value !== "object" || value === null || isLater(value)) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    checkClearTexts(part, place, [...keys, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The values of outputs, tokens and the proxy's address, which have checks of their own, and PEM. */
const isSecretPlace = (keys: readonly PathKey[]): boolean =>
  keys.at(-1) === "ca" ||
  keys.at(-2) === "proxy" ||
  (keys.at(-1) === "value" && (keys.includes("otlp") || keys.includes("bearerTokens")));

const isEndpoint = (keys: readonly PathKey[]): boolean => keys.at(-1) === "value" && keys.at(-2) === "endpoint";

/** An endpoint is stored in clear unless it comes from a Secret. Its other parts have checks of their own. */
function checkEndpointPath(text: string, path: string): Finding[] {
  const kind = credentialIn(endpointParts(text.trim())?.path ?? "");
  if (kind === undefined) return [];
  const remedy =
    "Use `authentication` or `headers`, or keep the whole endpoint in a Secret, with `endpoint.valueFrom.secretKeyRef`";
  return [error(path, `has a path with ${kind}, and is stored in clear text`, remedy)];
}

function checkClearText(text: string, path: string, keys: readonly PathKey[]): Finding[] {
  const kind = credentialIn(text);
  if (kind === undefined) return [];
  const report = keys.includes("transform") || keys.includes("filter") ? warning : error;
  return [
    report(
      path,
      `looks like ${kind}, and is stored in clear text`,
      "Remove it; credentials belong into `authentication` or `headers` of an output, from a Secret",
    ),
  ];
}
