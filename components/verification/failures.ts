/** Why a backend did not take data, as far as the collector knows. */
export type Cause =
  | "dns"
  | "refused"
  | "unreachable"
  | "connection"
  | "timeout"
  | "tlsUnknownAuthority"
  | "tlsExpired"
  | "tlsHostName"
  | "tlsClientCertificate"
  | "tls"
  | "protocol"
  | "token"
  | "tokenUnreachable"
  | "tokenUnknownAuthority"
  | "tokenTls"
  | "unauthenticated"
  | "forbidden"
  | "notFound"
  | "tooLarge"
  | "throttled"
  | "rejected"
  | "redirected"
  | "server"
  | "queueFull"
  | "queueTooSmall"
  | "unknown";

/** One thing that went wrong. Texts of the collector or of a backend, which may hold anything, are never part of it. */
export interface Failure {
  readonly cause: Cause;
  /** Of an HTTP answer. */
  readonly status?: number;
  /** Data was given up, not only put off. */
  readonly dropped: boolean;
}

export interface ExporterFailure extends Failure {
  readonly exporter: string;
  /** Items that are not kept, and that the exporter counts as sent all the same. */
  readonly rejected?: number;
}

export interface LoggedFailure extends ExporterFailure {
  /** Of the line, by the clock of the pod's node. */
  readonly at: string;
}

const retried = "Exporting failed. Will retry the request after interval.";
const dropped = ["Exporting failed. Dropping data.", "Exporting failed. Rejecting data."];
const partial = "Partial success response";

/** What exporters failed at, from a collector's JSON log. Lines of anything else, or cut off, are passed over. */
export function readFailures(log: string): LoggedFailure[] {
  return log.split("\n").flatMap((text): LoggedFailure[] => {
    const line = parse(text);
    const { msg, ts: at, error, ["otelcol.component.id"]: exporter } = line;
    if (typeof msg !== "string" || typeof at !== "string" || typeof exporter !== "string") return [];
    if (msg === partial) {
      const rejected = rejectedItems(line);
      // A good answer with a text: by OTLP's rules a warning of the backend, which took everything.
      return rejected === 0 ? [] : [{ exporter, at, cause: "rejected", dropped: true, rejected }];
    }
    if ((msg !== retried && !dropped.includes(msg)) || typeof error !== "string") return [];
    // A collector that is told to end gives up what it holds; that says nothing about the backend.
    if (error.startsWith("interrupted due to shutdown")) return [];
    return [{ exporter, at, ...classify(error), dropped: msg !== retried }];
  });
}

/** By a field that each signal has under a name of its own; who says nothing of how many has rejected some. */
function rejectedItems(line: Readonly<Record<string, unknown>>): number {
  const counts = ["dropped_data_points", "dropped_spans", "dropped_log_records"].map((field) => line[field]);
  return counts.find((count) => typeof count === "number") ?? 1;
}

function parse(line: string): Readonly<Record<string, unknown>> {
  if (!line.startsWith("{")) return {};
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const byStatus: Readonly<Record<number, Cause>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "notFound",
  405: "notFound",
  408: "timeout",
  413: "tooLarge",
  429: "throttled",
};

/** By the name of a gRPC status. */
const byCode: Readonly<Record<string, Cause>> = {
  Unauthenticated: "unauthenticated",
  PermissionDenied: "forbidden",
  Unimplemented: "notFound",
  NotFound: "notFound",
  ResourceExhausted: "throttled",
  DeadlineExceeded: "timeout",
  InvalidArgument: "rejected",
  OutOfRange: "rejected",
  FailedPrecondition: "rejected",
};

/** Of the network and of TLS; the first that is found in an error's text is its cause. */
const byText: readonly (readonly [RegExp, Cause])[] = [
  [/sending queue is full/, "queueFull"],
  [/element size too large/, "queueTooSmall"],
  [/failed to get security token|oauth2: /, "token"],
  [
    /no such host|server misbehaving|lookup [^:]+(?: on \S+)?: |name resolver error|produced zero addresses|no children to pick from/,
    "dns",
  ],
  [/certificate has expired or is not yet valid/, "tlsExpired"],
  [
    /certificate is (?:not )?valid for|doesn't contain any IP SANs|not valid for any names|cannot validate certificate for/,
    "tlsHostName",
  ],
  [/signed by unknown authority|certificate is not trusted/, "tlsUnknownAuthority"],
  [
    /remote error: tls: (?:certificate required|bad certificate|unknown certificate|unknown certificate authority)/,
    "tlsClientCertificate",
  ],
  [/tls: |x509: |authentication handshake failed/, "tls"],
  [
    /malformed HTTP|looked like an HTTP\/1|server gave HTTP response|failed reading the frame payload|missing HTTP content-type|unexpected content-type|error reading server preface/,
    "protocol",
  ],
  [/connection refused/, "refused"],
  [/no route to host|network is unreachable/, "unreachable"],
  [/deadline exceeded|Client\.Timeout|i\/o timeout|Timeout exceeded|connection timed out/, "timeout"],
  [/connection reset|broken pipe|EOF|transport is closing|connection error|could not be established/, "connection"],
];

/** The cause of an exporter's error. */
export function classify(error: string): Omit<Failure, "dropped"> {
  const status = Number(/responded with HTTP Status Code (\d{3})/.exec(error)?.[1]);
  if (byText.some(([pattern, cause]) => cause === "token" && pattern.test(error))) return { cause: tokenCause(error) };
  if (status) return { cause: statusCause(status), status };
  const [, code = ""] = /rpc error: code = (\w+)/.exec(error) ?? [];
  if (code === "ResourceExhausted" && /larger than max/.test(error)) return { cause: "tooLarge" };
  if (code === "Unimplemented" && /malformed header|unexpected content-type/.test(error)) return { cause: "notFound" };
  if (code in byCode && code !== "DeadlineExceeded") return { cause: byCode[code] as Cause };
  const found = byText.find(([pattern]) => pattern.test(error))?.[1];
  if (found) return { cause: found };
  return { cause: byCode[code] ?? (code === "" ? "unknown" : "server") };
}

/** What the causes of the network and of TLS are called where the token endpoint is meant, not the backend. */
const ofTokenEndpoint: Partial<Readonly<Record<Cause, Cause>>> = {
  dns: "tokenUnreachable",
  refused: "tokenUnreachable",
  unreachable: "tokenUnreachable",
  timeout: "tokenUnreachable",
  connection: "tokenUnreachable",
  tlsUnknownAuthority: "tokenUnknownAuthority",
  tlsExpired: "tokenTls",
  tlsHostName: "tokenTls",
  tls: "tokenTls",
  protocol: "tokenTls",
};

function tokenCause(error: string): Cause {
  // This is about an answer, which may have any words in it.
  if (error.includes("oauth2: ")) return "token";
  const found = byText.find(([pattern, cause]) => cause in ofTokenEndpoint && pattern.test(error));
  return (found && ofTokenEndpoint[found[1]]) ?? "token";
}

function statusCause(status: number): Cause {
  return byStatus[status] ?? (status >= 500 ? "server" : "rejected");
}

/** The cause by the name of a gRPC status alone, which is all that counters have. */
export function causeOfCode(code: string): Cause {
  return byCode[code] ?? (code === "Unknown" || code === "" ? "unknown" : "server");
}

interface Words {
  /** A clause about the backend. */
  readonly what: string;
  /** A sentence without its full stop; PATH is where the pipeline's output stands in the configuration. */
  readonly remedy: string;
}

/** What to tell people. */
export const causeWords: Readonly<Record<Cause, Words>> = {
  dns: { what: "its name is not known to the cluster's name servers", remedy: "Correct PATH.endpoint" },
  refused: {
    what: "nothing takes connections there",
    remedy: "Check that the backend runs, and host and port of PATH.endpoint",
  },
  unreachable: {
    what: "there is no way to it in the network",
    remedy: "Check the address in PATH.endpoint, and the nodes' routes to it",
  },
  connection: {
    what: "it ends connections without an answer",
    remedy: "Check the backend's logs, and whether PATH.protocol and PATH.tls are what it expects",
  },
  timeout: {
    what: "it does not answer in time",
    remedy: "Check PATH.endpoint, firewalls and NetworkPolicies on the way, and the backend's load",
  },
  tlsUnknownAuthority: {
    what: "its certificate is signed by an authority that is not trusted",
    remedy: "Give that authority's certificate as PATH.tls.ca",
  },
  tlsExpired: {
    what: "its certificate has expired or is not valid yet",
    remedy: "Have the backend's certificate renewed, and check the nodes' clocks",
  },
  tlsHostName: {
    what: "its certificate is for another name",
    remedy: "Write the name that the certificate has in PATH.endpoint",
  },
  tlsClientCertificate: {
    what: "it does not accept our client certificate, or got none",
    remedy: "Give one that the backend's authority has signed as PATH.tls.cert and PATH.tls.key",
  },
  tls: {
    what: "no TLS connection comes about",
    remedy: "Check PATH.tls, and whether the backend speaks TLS on this port",
  },
  protocol: {
    what: "it does not speak the protocol that we do",
    remedy: "Check PATH.protocol (grpc is usually on port 4317, http on 4318) and PATH.tls",
  },
  token: {
    what: "the token endpoint gives no token",
    remedy: "Check PATH.authentication.oauth2: tokenURL, clientID and clientSecret",
  },
  tokenUnreachable: {
    what: "the token endpoint is not found, or does not answer",
    remedy: "Check PATH.authentication.oauth2.tokenURL, and firewalls and NetworkPolicies on the way to it",
  },
  tokenUnknownAuthority: {
    what: "the token endpoint's certificate is signed by an authority that is not trusted",
    remedy: "Have one there that a public authority has signed: PATH.tls.ca is for the backend only",
  },
  tokenTls: {
    what: "no TLS connection to the token endpoint comes about",
    remedy:
      "Check PATH.authentication.oauth2.tokenURL, and whether the certificate there is for its host and has not expired",
  },
  unauthenticated: {
    what: "it does not accept our credentials",
    remedy: "Check PATH.authentication and PATH.headers, and the Secrets that they refer to",
  },
  forbidden: {
    what: "our credentials are not allowed to write",
    remedy: "Grant them that at the backend, or use others in PATH.authentication or PATH.headers",
  },
  notFound: {
    what: "it does not offer this signal at this address",
    remedy: "Check PATH.path and PATH.endpoint, and whether the backend takes this signal",
  },
  tooLarge: {
    what: "it finds requests too large",
    remedy: "Raise the limit of the backend for one request",
  },
  throttled: {
    what: "it asks us to send less",
    remedy: "Raise the backend's limit, or drop data by the pipeline's filter",
  },
  rejected: {
    what: "it rejects the data as wrong",
    remedy: "See the backend's logs for what it does not like, and change the data by the pipeline's transform",
  },
  redirected: {
    what: "it answers with a redirect",
    remedy:
      "Correct PATH.endpoint to the address that it leads to, if that is the backend's: the collector follows wherever it " +
      "leads, with its credentials, and can't be told not to",
  },
  server: { what: "it answers with errors of its own", remedy: "Check the backend's health and logs" },
  queueFull: {
    what: "it takes less than is sent",
    remedy: "Check the backend's health, send less, or raise COLLECTOR.resources.limits.memory, with which queues grow",
  },
  queueTooSmall: {
    what: "what comes at once is more than the queue in front of it holds",
    remedy: "Raise COLLECTOR.resources.limits.memory, with which queues grow, or have senders send smaller requests",
  },
  unknown: {
    what: "it did not take data, and the collector does not say why",
    remedy: "Set gateway.logLevel to info, or see the collector's logs",
  },
};
