import type { Cause } from "./cause-words";

/** One failed export. It never contains a text of the collector or of a backend, which could hold a credential. */
export interface Failure {
  readonly cause: Cause;
  /** HTTP status of the answer. */
  readonly status?: number;
  /** The collector dropped the data; otherwise it retries. */
  readonly dropped: boolean;
}

export interface ExporterFailure extends Failure {
  readonly exporter: string;
  /** Items that the backend did not keep, although the exporter counts them as sent. */
  readonly rejected?: number;
}

export interface LoggedFailure extends ExporterFailure {
  /** Time of the log line, by the clock of the pod's node. */
  readonly at: string;
}

/** Messages and fields of the collector's log lines about exports. */
const logged = {
  retried: "Exporting failed. Will retry the request after interval.",
  dropped: ["Exporting failed. Dropping data.", "Exporting failed. Rejecting data."],
  partial: "Partial success response",
  shutdown: "interrupted due to shutdown",
  /** Fields of a partial success, one for each signal. */
  rejectedItems: ["dropped_data_points", "dropped_spans", "dropped_log_records"],
} as const;

/** Reads the failures of exporters from a collector's JSON log. Other lines and truncated lines are skipped. */
export function readFailures(log: string): LoggedFailure[] {
  return log.split("\n").flatMap((text): LoggedFailure[] => {
    const line = parse(text);
    const { msg, ts: at, error, ["otelcol.component.id"]: exporter } = line;
    if (typeof msg !== "string" || typeof at !== "string" || typeof exporter !== "string") return [];
    if (msg === logged.partial) {
      const rejected = rejectedItems(line);
      // OTLP defines an answer with a text and no rejected item as a warning: the backend accepted everything.
      return rejected === 0 ? [] : [{ exporter, at, cause: "rejected", dropped: true, rejected }];
    }
    const dropped = logged.dropped.some((text) => text === msg);
    if ((msg !== logged.retried && !dropped) || typeof error !== "string") return [];
    // A collector that shuts down drops its queues, which is not a failure of the backend.
    if (error.startsWith(logged.shutdown)) return [];
    return [{ exporter, at, ...classify(error), dropped }];
  });
}

/** Without a number in the line, at least one item was rejected. */
function rejectedItems(line: Readonly<Record<string, unknown>>): number {
  const counts = logged.rejectedItems.map((field) => line[field]);
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

/** By HTTP status. */
const byStatus: Readonly<Record<number, Cause>> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "notFound",
  405: "notFound",
  407: "proxy",
  408: "timeout",
  413: "tooLarge",
  429: "throttled",
};

/** By name of the gRPC status. */
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

/** Patterns of a collector's errors as a whole. */
const errors = {
  httpStatus: /responded with HTTP Status Code (\d{3})/,
  grpcStatus: /rpc error: code = (\w+)/,
  noToken: /failed to get security token|oauth2: /,
  /** The token endpoint did answer. */
  tokenAnswer: /oauth2: /,
  tooLarge: /larger than max/,
  /** The server speaks HTTP, but no gRPC. */
  noGrpc: /malformed header|unexpected content-type/,
} as const;

/** Messages of Go and the collector about problems of the network, of TLS and of queues. The first match decides. */
const byText: readonly (readonly [RegExp, Cause])[] = [
  [/sending queue is full/, "queueFull"],
  [/element size too large/, "queueTooSmall"],
  // Go returns only the status of a proxy that refuses a connection, without the word `proxy`.
  [
    /failed to do connect handshake|proxyconnect |Post "https:[^"]*": (?:Forbidden|Proxy Authentication Required|Bad Gateway|Service Unavailable|Gateway Timeout)$/,
    "proxy",
  ],
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

/** Returns the cause of an exporter's error. */
export function classify(error: string): Omit<Failure, "dropped"> {
  if (errors.noToken.test(error)) return { cause: tokenCause(error) };
  const status = Number(errors.httpStatus.exec(error)?.[1]);
  if (status) return { cause: statusCause(status), status };
  const [, code = ""] = errors.grpcStatus.exec(error) ?? [];
  if (code === "ResourceExhausted" && errors.tooLarge.test(error)) return { cause: "tooLarge" };
  if (code === "Unimplemented" && errors.noGrpc.test(error)) return { cause: "notFound" };
  if (code in byCode && code !== "DeadlineExceeded") return { cause: byCode[code] as Cause };
  const found = byText.find(([pattern]) => pattern.test(error))?.[1];
  if (found) return { cause: found };
  return { cause: byCode[code] ?? (code === "" ? "unknown" : "server") };
}

/** Causes of the network and of TLS where the token endpoint has the problem, not the backend. */
const ofTokenEndpoint: Partial<Readonly<Record<Cause, Cause>>> = {
  dns: "tokenUnreachable",
  refused: "tokenUnreachable",
  unreachable: "tokenUnreachable",
  timeout: "tokenUnreachable",
  connection: "tokenUnreachable",
  proxy: "tokenUnreachable",
  tlsUnknownAuthority: "tokenUnknownAuthority",
  tlsExpired: "tokenTls",
  tlsHostName: "tokenTls",
  tls: "tokenTls",
  protocol: "tokenTls",
};

function tokenCause(error: string): Cause {
  // The text of an answer can contain any words, so it is not searched.
  if (errors.tokenAnswer.test(error)) return "token";
  const found = byText.find(([pattern, cause]) => cause in ofTokenEndpoint && pattern.test(error));
  return (found && ofTokenEndpoint[found[1]]) ?? "token";
}

function statusCause(status: number): Cause {
  return byStatus[status] ?? (status >= 500 ? "server" : "rejected");
}

/** Returns the cause for a gRPC status, which is all that counters have. */
export function causeOfCode(code: string): Cause {
  return byCode[code] ?? (code === "Unknown" || code === "" ? "unknown" : "server");
}
