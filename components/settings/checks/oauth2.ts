import { error, isCredentialParameter, join, warning, type Finding } from "../../schema";
import { checkHost, checkPort, endpointParts, isPlaintext, pathCharacters, whiteSpace } from "./endpoint";
import type { OutputFacts } from "./output-facts";

/** The URL that tokens are fetched from. */
export function checkTokenUrl(text: string, path: string): Finding[] {
  const example = "such as https://idp.example.com/token";
  if (text.trim() === "") return [error(path, "is empty", `Write a URL, ${example}`)];
  const parts = endpointParts(text.trim());
  const scheme = parts?.scheme?.toLowerCase();
  if (!parts || (scheme !== "http" && scheme !== "https"))
    return [error(path, "is not an absolute http or https URL", `Write one, ${example}`)];
  const edges = whiteSpace(text, path);
  if (edges.length > 0) return edges;
  if (/\s/.test(text)) return [error(path, "has white space in it", `Write a URL without it, ${example}`)];
  if (!URL.canParse(text)) return [error(path, "is not an absolute http or https URL", `Write one, ${example}`)];
  return [
    ...(parts.userinfo === undefined
      ? []
      : [error(path, "has credentials before its host", "Remove them and use `clientID` and `clientSecret`")]),
    ...checkHost(parts, path),
    ...(parts.port === undefined ? [] : checkPort(parts.port, path, "443")),
    ...pathCharacters(parts.path ?? "", path),
    ...(parts.fragment === undefined ? [] : [error(path, "has a fragment", "Remove what starts with `#`")]),
    ...(scheme === "http"
      ? [
          warning(
            path,
            "is without TLS, so the client secret is sent unencrypted",
            "Write https://, if the server has it",
          ),
        ]
      : []),
  ];
}

/** Checks further parameters of token requests. If a parameter is set twice, the collector sends no request at all. */
export function checkTokenParameters(
  scopes: readonly unknown[] | undefined,
  params: Readonly<Record<string, unknown>> | undefined,
  path: string,
): Finding[] {
  const named = Object.keys(params ?? {})
    .filter(isCredentialParameter)
    .map((name) =>
      error(
        join(`${path}.params`, [name]),
        "has the name of a credential, which `params` does not treat as secret",
        "Remove it and use `clientSecret`",
      ),
    );
  const twice =
    scopes && scopes.length > 0 && params && Object.hasOwn(params, "scope")
      ? [error(`${path}.params.scope`, "is also set by `scopes`, and can be given only once", "Keep one of them")]
      : [];
  return [...named, ...twice];
}

/** Authentication next to a connection without TLS. */
export function checkTransport(facts: OutputFacts, endpoint: string | undefined): Finding[] {
  const { authentication, insecure, protocol } = facts;
  const plaintext = insecure === true || (endpoint !== undefined && isPlaintext(endpoint));
  if (authentication === undefined || protocol === undefined || !plaintext) return [];
  const path = `${facts.path}.authentication.${authentication}`;
  const cause = insecure === true ? "`tls.insecure` is true" : "the endpoint starts with http://";
  return protocol === "grpc"
    ? [
        error(
          path,
          `needs TLS with gRPC, but ${cause}`,
          "Use TLS, or set `protocol: http`, or send an Authorization header with `headers`",
        ),
      ]
    : [warning(path, `is sent unencrypted, because ${cause}`, "Use TLS, if the backend has it")];
}
