import { isIPv4, isIPv6 } from "node:net";
import type { Protocol } from "../../collector";
import { error, warning, type Finding } from "../../schema";

/** The parts of an endpoint, as they were written. */
export interface EndpointParts {
  readonly scheme?: string;
  readonly userinfo?: string;
  readonly host: string;
  readonly port?: string;
  readonly path?: string;
  readonly query?: string;
  readonly fragment?: string;
}

const shape =
  /^(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:(?<userinfo>[^/?#]*)@)?(?<host>\[[^\]/?#]*\]|[^:/?#[\]]*)(?::(?<port>[^/?#]*))?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/s;

export function endpointParts(text: string): EndpointParts | undefined {
  return shape.exec(text)?.groups as EndpointParts | undefined;
}

/** The destination of connections to an endpoint; nothing when the endpoint is not valid. */
export interface Target {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
}

export function endpointTarget(text: string): Target | undefined {
  const parts = endpointParts(text);
  const port = parts?.port ?? { http: "80", https: "443" }[parts?.scheme?.toLowerCase() ?? ""];
  if (!parts || port === undefined || !isPort(port) || !isHost(parts.host) || isAny(parts.host)) return undefined;
  return { host: parts.host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** As the collector sees it: an endpoint is without TLS when it starts with `http://`. */
export const isPlaintext = (endpoint: string): boolean => endpoint.startsWith("http://");

export interface EndpointContext {
  /** Path of the endpoint. */
  readonly path: string;
  readonly protocol?: Protocol;
  readonly ownPath?: boolean;
  readonly insecure?: boolean;
}

/** Everything that is wrong with the text of an endpoint. */
export function checkEndpoint(text: string, context: EndpointContext): Finding[] {
  const { path, protocol } = context;
  if (text.trim() === "") return [error(path, "is empty", `Write ${good(protocol)}`)];
  const ends = whiteSpace(text, path);
  const parts = endpointParts(text.trim());
  if (!parts) return [...ends, error(path, "is not an endpoint", `Write ${good(protocol)}`)];
  if (/^https?$/i.test(parts.host) && !/^\d+$/.test(parts.port ?? "0"))
    return [...ends, error(path, "has a scheme without `//` behind it", `Write ${good(protocol)}`)];
  // Each other scheme has its own rules for the rest of the text, so the rest is not checked.
  if (parts.scheme !== undefined && !/^https?$/i.test(parts.scheme)) return [...ends, ...scheme(parts, context)];
  return [
    ...ends,
    ...scheme(parts, context),
    ...(parts.userinfo === undefined
      ? []
      : [error(path, "has credentials before its host", "Remove them and use `authentication.basic`")]),
    ...checkHost(parts, path),
    ...local(parts, path),
    ...port(parts, context),
    ...urlPath(parts, context),
    ...(parts.query === undefined
      ? []
      : [error(path, "has a query", "Remove what starts with `?`; credentials go into `headers`")]),
    ...(parts.fragment === undefined ? [] : [error(path, "has a fragment", "Remove what starts with `#`")]),
  ];
}

const good = (protocol?: Protocol): string =>
  protocol === "http" ? "a URL, such as https://backend.example.com" : "host:port, such as backend.example.com:4317";

/** Rejects white space around a text, which a Secret often has. */
export function whiteSpace(text: string, path: string): Finding[] {
  if (/^\s|\s$/.test(text))
    return [
      error(
        path,
        "has white space at its start or end",
        "Remove it; in a Secret it is often a line break that `echo` added",
      ),
    ];
  return [];
}

function scheme({ scheme }: EndpointParts, { path, protocol, insecure }: EndpointContext): Finding[] {
  const known = scheme?.toLowerCase();
  if (known === undefined) {
    if (protocol !== "http") return [];
    return [error(path, "has no scheme", "Write it with https:// (or http:// for no TLS) in front")];
  }
  if (known !== "http" && known !== "https") {
    const remedy =
      protocol === "http"
        ? "Write https:// or http:// (no TLS)"
        : protocol === "grpc"
          ? "Write host:port, or https://host:port"
          : "Write https://";
    return [error(path, "has a scheme that is not known", remedy)];
  }
  return [
    ...(scheme === known ? [] : [error(path, "has a scheme in capital letters", `Write ${known}://`)]),
    ...(known === "https" && insecure === true
      ? [error(path, "starts with https:// while `tls.insecure` is true", "Write http://, or remove `tls.insecure`")]
      : []),
  ];
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

function isHost(host: string): boolean {
  if (host.startsWith("[")) return isIPv6(host.slice(1, -1)) && !host.includes("%");
  // No name ends in a label of digits, so everything that does is meant for an address.
  if (/(?:^|\.)\d+\.?$/.test(host)) return isIPv4(host);
  return (
    /^.{1,253}\.?$/.test(host) &&
    host
      .replace(/\.$/, "")
      .split(".")
      .every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))
  );
}

/** The addresses at which a server listens on all of its own addresses; mapped ones included. */
const isAny = (host: string): boolean =>
  host === "0.0.0.0" ||
  (host.startsWith("[") && isHost(host) && ["[::]", "[::ffff:0:0]"].includes(new URL(`http://${host}`).hostname));

const loopback = /^(?:localhost\.?|127(?:\.\d+){3}|\[::1\])$/i;

/** Returns whether a host is the pod that connects to it. */
export const isOwnPod = (host: string): boolean => loopback.test(host);

/** Returns the findings about a host, for any kind of request. */
export function checkHost({ host, port }: EndpointParts, path: string): Finding[] {
  if (isUnbracketed(host, port))
    return [
      error(path, "has an IPv6 address without brackets", "Write it as [address]:port, such as [2001:db8::1]:4317"),
    ];
  if (host === "") return [error(path, "has no host", "Write the name or the address of the backend")];
  if (isAny(host))
    return [
      error(
        path,
        "has an address that servers listen at and that no client can reach",
        "Write the name or the address of the backend",
      ),
    ];
  if (isHost(host)) return [];
  if (host.startsWith("["))
    return [error(path, "has no IPv6 address in its brackets", "Write one, such as [2001:db8::1]:4317")];
  if (/\s/.test(host)) return [error(path, "has white space in its host", "Remove it")];
  return [
    error(
      path,
      "has a host that is neither a name nor an address",
      "Write a DNS name (punycode for other than ASCII letters) or an IP address",
    ),
  ];
}

/** `2001:db8::1` reads as the host `2001` with the port `db8::1`. */
const isUnbracketed = (host: string, port: string | undefined): boolean =>
  port !== undefined && port.includes(":") && /^[0-9A-Fa-f]*$/.test(host) && /^[0-9A-Fa-f:.]*$/.test(port);

const local = ({ host }: EndpointParts, path: string): Finding[] =>
  isOwnPod(host)
    ? [
        warning(
          path,
          "is the collector's own pod: data is sent by a pod on each node",
          "Write the name of the backend's Service, such as backend.default.svc.cluster.local:4317",
        ),
      ]
    : [];

export const checkPort = (port: string, path: string, usual: string): Finding[] =>
  isPort(port)
    ? []
    : [error(path, "has a port that is not a number from 1 to 65535", `Write a number, such as ${usual}`)];

function port({ scheme, host, port }: EndpointParts, { path, protocol }: EndpointContext): Finding[] {
  if (isUnbracketed(host, port)) return [];
  if (port === undefined) {
    if (protocol !== "grpc") return [];
    const remedy =
      scheme === undefined
        ? "Add it, such as backend.example.com:4317"
        : `Add it, such as ${scheme.toLowerCase()}://backend.example.com:4317, or set \`protocol: http\``;
    return [error(path, "has no port, which gRPC needs", remedy)];
  }
  if (!isPort(port)) return checkPort(port, path, usualPort[protocol ?? "grpc"]);
  if (protocol === undefined) return [];
  const other = protocol === "grpc" ? "http" : "grpc";
  if (port !== usualPort[other]) return [];
  const remedy = `Write ${usualPort[protocol]} or set \`protocol: ${other}\`, unless the backend is special`;
  return [warning(path, `has the port that OTLP uses with \`protocol: ${other}\``, remedy)];
}

const usualPort = { grpc: "4317", http: "4318" };

function urlPath(parts: EndpointParts, { path, protocol, ownPath }: EndpointContext): Finding[] {
  if (parts.path === undefined) return [];
  if (protocol === "grpc")
    return [
      error(path, "has a path, which gRPC does not have", "Remove everything from the `/` on, or set `protocol: http`"),
    ];
  if (/\s/.test(parts.path)) return [error(path, "has white space in its path", "Remove it")];
  const unreadable = pathCharacters(parts.path, path);
  if (unreadable.length > 0) return unreadable;
  if (protocol === "http" && ownPath === false && /\/v1\/(?:metrics|traces|logs)\/?$/.test(parts.path))
    return [
      error(
        path,
        "ends in the path of a signal, which is added to it",
        "Remove /v1/… from its end, or set `path` instead",
      ),
    ];
  return [];
}

/** Rejects a path that Go cannot parse: the collector could never send to it. Go does not check the part after `?`. */
export function pathCharacters(text: string, path: string): Finding[] {
  if (/[\x00-\x1f\x7f]/.test(text)) return [error(path, "has a control character in it", "Remove it")];
  return /^[^?]*%(?![0-9A-Fa-f]{2})/.test(text)
    ? [
        error(
          path,
          "has a `%` in its path that is not the start of an escape such as %20",
          "Write %25 for the character",
        ),
      ]
    : [];
}
