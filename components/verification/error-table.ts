import type { Cause } from "./cause-words";

/** One kind of error of an exporter. */
export interface ErrorRow {
  readonly pattern: RegExp;
  readonly cause: Cause;
  /** Cause if the token endpoint has the problem, not the backend. Rows without it are not about connections. */
  readonly token?: Cause;
}

/** Patterns that mark errors of the token endpoint, whose connections fail as those to a backend do. */
export const tokenErrors = {
  // Collectors from 0.161 on fetch the token within the time limit of the request, which can end first.
  any: /failed to get security token|oauth2: |per-RPC creds failed due to error: context deadline exceeded/,
  /** The token endpoint did answer. The text of its answer can contain any words, so it is not searched. */
  answered: /oauth2: /,
} as const;

const answered = "(?:responded with HTTP Status Code|unexpected HTTP status code received from server:) (?!200\\b)";
const coded = "rpc error: code = ";

/** HTTP status of an answer, also of one that should have been gRPC. HTTP status 200 is not a failure of HTTP. */
export const httpStatus = new RegExp(`${answered}(\\d{3})`);

/** Matches only right after the first occurrence of the words, because a backend's text can repeat them. */
const firstOf = (words: string, rest: string): RegExp => new RegExp(`^(?:(?!${words})[^])*${words}(?:${rest})\\b`);
const status = (codes: string, cause: Cause): ErrorRow => ({ pattern: firstOf(answered, codes), cause });
const code = (names: string, cause: Cause): ErrorRow => ({ pattern: firstOf(coded, names), cause });

/** Matches words in the text of the first gRPC status of an error. Each gRPC library has its own words for one problem. */
const said = (names: string, words: readonly string[], cause: Cause): ErrorRow => ({
  pattern: new RegExp(`^(?:(?!${coded})[^])*${coded}(?:${names}) desc = .*(?:${words.join("|")})`),
  cause,
});

/**
 * The words of gRPC libraries, of which each backend has one: Go, C (also of C++ and Python), Java, JavaScript, .NET, Rust
 * (tonic) and Connect. The cases of `recorded/grpc-words.ts` have the whole texts and their sources.
 */
const grpcWords = {
  tooLarge: [
    "larger than (?:configured )?max",
    "decompresses to a size larger than",
    "message exceeds (?:the )?maximum",
    "message length too large",
    "size limit, of \\d+ bytes, exceeded",
  ],
  notUtf8: ["invalid UTF-8", "data is not UTF-8 encoded"],
  undecodable: [
    "Invalid protobuf byte sequence",
    "Exception deserializing request!",
    "Error deserializing request: ",
    "failed to decode Protobuf message",
  ],
  compression: [
    "Decompressor is not installed",
    "Compression algorithm '\\w+' is disabled",
    "Can't find decompressor for",
    "unsupported encoding",
    "Unsupported grpc-encoding",
    "compressed with `\\w+` which isn't supported",
    "unknown compression",
  ],
} as const;

/** The words of Envoy, the proxy of most meshes, which answers gRPC with a gRPC status of its own. */
const envoyWords = ["upstream connect error", "upstream request timeout", "no healthy upstream"];

/**
 * Every error that the collector logs about an export, with its cause. The first match decides, so answers of a backend come
 * first: their texts can contain any words. The tests have a recorded line of the real collector for each row.
 */
export const errorTable: readonly ErrorRow[] = [
  // The words of OpenTelemetry Collectors. Others answer with 415.
  status("400, Message=unsupported Content-Encoding", "compression"),
  // Go's servers and nginx answer requests without TLS like that on a port with TLS. OTLP's own answers have a message.
  { pattern: /request to http:\S+ responded with HTTP Status Code 400$/, cause: "maybeTls" },
  status("400|422", "rejected"),
  status("401", "unauthenticated"),
  status("402", "unpaid"),
  status("403", "forbidden"),
  status("404|405|410", "notFound"),
  status("407", "proxy"),
  status("408", "timeout"),
  status("413", "tooLarge"),
  status("414", "addressTooLong"),
  status("415", "mediaType"),
  status("421", "otherHost"),
  status("429", "throttled"),
  // nginx has 494 for headers that are too large.
  status("431|494", "headersTooLarge"),
  // AWS load balancers have 464 for a version of HTTP that their targets do not have.
  status("426|464|505|2\\d\\d", "protocol"),
  status("3\\d\\d", "redirected"),
  // Cloudflare has 520 to 526 for origins that it does not reach.
  status("502|504|52[0-6]", "upstream"),
  status("5\\d\\d", "server"),
  status("\\d{3}", "refusedRequest"),
  // Sent by the client's own library, before the request leaves.
  { pattern: /header list size to send violates the maximum size/, cause: "headersTooLarge" },
  said("ResourceExhausted|OutOfRange", grpcWords.tooLarge, "tooLarge"),
  said("\\w+", grpcWords.notUtf8, "notUtf8"),
  said("Internal|InvalidArgument", grpcWords.undecodable, "undecodable"),
  said("Unimplemented", grpcWords.compression, "compression"),
  said("Unavailable", envoyWords, "upstream"),
  // With older gRPC libraries, servers in Java end requests that are too large like that.
  said("Canceled", ["stream terminated by RST_STREAM with error code: CANCEL"], "cancelled"),
  code("Unauthenticated", "unauthenticated"),
  code("PermissionDenied", "forbidden"),
  code("Unimplemented|NotFound", "notFound"),
  code("ResourceExhausted", "throttled"),
  code("InvalidArgument|OutOfRange|FailedPrecondition", "rejected"),
  { pattern: /stopped after \d+ redirects/, cause: "redirected" },
  { pattern: /sending queue is full/, cause: "queueFull" },
  { pattern: /element size too large/, cause: "queueTooSmall" },
  {
    // Of a proxy that refuses a connection, Go returns only the text of the status, without the word `proxy`.
    pattern:
      /failed to do connect handshake|proxyconnect |Post "https:[^"]*": (?:Forbidden|Proxy Authentication Required|Bad Gateway|Service Unavailable|Gateway Timeout)$/,
    cause: "proxy",
    token: "tokenUnreachable",
  },
  {
    pattern:
      /no such host|server misbehaving|lookup [^:]+(?: on \S+)?: |name resolver error|produced zero addresses|no children to pick from/,
    cause: "dns",
    token: "tokenUnreachable",
  },
  { pattern: /certificate has expired or is not yet valid/, cause: "tlsExpired", token: "tokenTls" },
  {
    pattern:
      /certificate is (?:not )?valid for|doesn't contain any IP SANs|not valid for any names|cannot validate certificate for/,
    cause: "tlsHostName",
    token: "tokenTls",
  },
  {
    pattern: /signed by unknown authority|certificate is not trusted/,
    cause: "tlsUnknownAuthority",
    token: "tokenUnknownAuthority",
  },
  { pattern: /certificate relies on legacy Common Name/, cause: "tlsNoHostName", token: "tokenTls" },
  {
    // RFC 8446, 6.2: a server answers a client's certificate with one of these.
    pattern:
      /remote error: tls: (?:certificate required|(?:bad|unsupported|revoked|expired|unknown) certificate|access denied)/,
    cause: "tlsClientCertificate",
  },
  {
    pattern: /tls: (?:protocol version not supported|server selected unsupported protocol version)/,
    cause: "tlsVersion",
    token: "tokenTls",
  },
  { pattern: /tls: no application protocol|missing selected ALPN property/, cause: "noHttp2" },
  // Before the rows about TLS and protocol: the server accepts the connection and stays silent.
  {
    pattern:
      /authentication handshake failed: context deadline exceeded|error reading server preface: .*use of closed network connection/,
    cause: "timeout",
    token: "tokenUnreachable",
  },
  { pattern: /tls: |x509: |authentication handshake failed/, cause: "tls", token: "tokenTls" },
  {
    pattern: /error reading server preface: (?:EOF|(?:.*: )?connection reset by peer)/,
    cause: "connection",
  },
  {
    pattern:
      /malformed HTTP|looked like an HTTP\/1|server gave HTTP response|error parsing (?:protobuf|json) response|failed reading the frame payload|missing HTTP content-type|unexpected content-type|error reading server preface/,
    cause: "protocol",
    token: "tokenTls",
  },
  { pattern: /connection refused/, cause: "refused", token: "tokenUnreachable" },
  {
    // The node refuses a connection that its own rules forbid, and one to IPv6 if it has no such address.
    pattern:
      /no route to host|network is unreachable|connect: (?:host is down|operation not permitted|permission denied|cannot assign requested address)/,
    cause: "unreachable",
    token: "tokenUnreachable",
  },
  {
    // If a connection's packets are dropped, HTTP/2 calls it lost, and gRPC misses the answer to its ping.
    pattern:
      /deadline exceeded|Client\.Timeout|i\/o timeout|Timeout exceeded|TLS handshake timeout|timeout awaiting response headers|connection timed out|client connection lost|keepalive ping failed|code = DeadlineExceeded/,
    cause: "timeout",
    token: "tokenUnreachable",
  },
  {
    pattern:
      /connection reset|broken pipe|EOF|use of closed network connection|server closed idle connection|readLoopPeekFailLocked|transport is closing|connection error|could not be established|force closed via ClientConn|connection is draining|shutdown GOAWAY|server sent GOAWAY|stream error: stream ID \d+;/,
    cause: "connection",
    token: "tokenUnreachable",
  },
  code("\\w+", "server"),
];

/** Returns the row that decides about an error; `undefined` for an error that no row is about. */
export const rowOf = (error: string): ErrorRow | undefined => errorTable.find(({ pattern }) => pattern.test(error));

/** Returns the cause of an error of the token endpoint. */
export function tokenCause(error: string): Cause {
  if (tokenErrors.answered.test(error)) return "token";
  return errorTable.find(({ pattern, token }) => token !== undefined && pattern.test(error))?.token ?? "token";
}
