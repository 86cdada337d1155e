import assert from "node:assert/strict";
import { causeWords, type Cause } from "../../../components/verification";
import { classify, readFailures } from "../../../components/verification/classify";

/** Errors as the collector logs them, with their cause and HTTP status. */
const errors: readonly [Cause, string, number?][] = [
  ["dns", "rpc error: code = Unavailable desc = no children to pick from"],
  [
    "dns",
    'failed to make an HTTP request: Post "http://a.b:4318/v1/metrics": dial tcp: lookup a.b on 10.96.0.10:53: no such host',
  ],
  [
    "dns",
    'failed to make an HTTP request: Post "http://a.b:4318/v1/metrics": dial tcp: lookup a.b on 10.96.0.10:53: read udp 10.0.0.1:1->10.96.0.10:53: i/o timeout',
  ],
  [
    "refused",
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.1:4317: connect: connection refused"',
  ],
  [
    "refused",
    'failed to make an HTTP request: Post "http://a:4318/v1/metrics": dial tcp 10.0.0.1:4318: connect: connection refused',
  ],
  [
    "unreachable",
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 192.0.2.1:4317: connect: network is unreachable"',
  ],
  [
    "proxy",
    String.raw`rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: failed to do connect handshake, response: \"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n\""`,
  ],
  ["proxy", 'failed to make an HTTP request: Post "https://a:4318/v1/metrics": Forbidden'],
  ["proxy", 'failed to make an HTTP request: Post "https://a:4318/v1/metrics": Proxy Authentication Required'],
  [
    "proxy",
    'failed to make an HTTP request: Post "https://a:4318/v1/metrics": proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused',
  ],
  [
    "unreachable",
    'failed to make an HTTP request: Post "http://a:4318/v1/metrics": dial tcp 10.0.0.1:4318: connect: operation not permitted',
  ],
  [
    "unreachable",
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp [2001:db8::1]:4317: connect: cannot assign requested address"',
  ],
  ["timeout", "rpc error: code = DeadlineExceeded desc = context deadline exceeded"],
  // With the exporter's own time limit of 30 seconds, that of the handshake ends first.
  ["timeout", 'failed to make an HTTP request: Post "https://a:4318/v1/metrics": net/http: TLS handshake timeout'],
  ["timeout", 'failed to make an HTTP request: Post "https://a:4318/v1/metrics": http2: client connection lost'],
  [
    "timeout",
    'rpc error: code = Unavailable desc = connection error: desc = "keepalive ping failed to receive ACK within timeout"',
  ],
  [
    "tokenUnreachable",
    'failed to make an HTTP request: Post "https://a:4318/v1/logs": failed to get security token from token endpoint (endpoint "https://idp/token"); Post "https://idp/token": net/http: TLS handshake timeout',
  ],
  [
    "timeout",
    "rpc error: code = DeadlineExceeded desc = received context error while waiting for new LB policy update: context deadline exceeded",
  ],
  [
    "timeout",
    'failed to make an HTTP request: Post "http://a:4318/v1/metrics": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
  [
    "tlsUnknownAuthority",
    'rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"',
  ],
  [
    "tlsExpired",
    'Post "https://a": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T22:00:00Z is after 2026-11-22T21:00:00Z',
  ],
  ["tlsHostName", 'Post "https://a": tls: failed to verify certificate: x509: certificate is valid for b, not a'],
  [
    "tlsClientCertificate",
    'rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: remote error: tls: certificate required"',
  ],
  ...[
    "unsupported certificate",
    "revoked certificate",
    "expired certificate",
    "unknown certificate",
    "access denied",
  ].map((alert): [Cause, string] => [
    "tlsClientCertificate",
    `rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: remote error: tls: ${alert}"`,
  ]),
  [
    "tlsVersion",
    'failed to make an HTTP request: Post "https://a:4318/v1/metrics": tls: server selected unsupported protocol version 302',
  ],
  [
    "tls",
    'rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: first record does not look like a TLS handshake"',
  ],
  [
    "protocol",
    'rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header"',
  ],
  [
    "protocol",
    'failed to make an HTTP request: Post "http://a:4317/v1/metrics": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x00\\x00\\x06\\x04"',
  ],
  [
    "protocol",
    "not retryable error: Permanent error: error parsing json response: ReadObject: expect { or , or } or n, but found O, error found in #1 byte of ...|OK|..., bigger context ...|OK|...",
  ],
  [
    "pings",
    'rpc error: code = Unavailable desc = closing transport due to: connection error: desc = "error reading from server: EOF", received prior goaway: code: ENHANCE_YOUR_CALM, debug data: "too_many_pings"',
  ],
  [
    "pings",
    'failed to make an HTTP request: Post "https://a:4318/v1/metrics": http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=ENHANCE_YOUR_CALM, debug="too_many_pings"',
  ],
  [
    "connection",
    'failed to make an HTTP request: Post "https://a:4318/v1/metrics": http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""',
  ],
  [
    "connection",
    'failed to make an HTTP request: Post "https://a:4318/v1/metrics": stream error: stream ID 5; REFUSED_STREAM; received from peer',
  ],
  ["connection", "rpc error: code = Unavailable desc = write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe"],
  [
    "connection",
    'failed to make an HTTP request: Post "https://localhost:4318/v1/metrics": http2: client conn could not be established',
  ],
  [
    "token",
    'rpc error: code = Unauthenticated desc = failed to get security token from token endpoint (endpoint "https://idp"); oauth2: "invalid_client"',
  ],
  [
    "token",
    'not retryable error: Permanent error: rpc error: code = Unauthenticated desc = transport: per-RPC creds failed due to error: failed to get security token from token endpoint (endpoint "https://idp/token"); oauth2: cannot fetch token: 404 Not Found\nResponse: x509: no such host',
  ],
  [
    "tokenUnreachable",
    'not retryable error: Permanent error: rpc error: code = Unauthenticated desc = transport: per-RPC creds failed due to error: failed to get security token from token endpoint (endpoint "https://idp/token"); Post "https://idp/token": dial tcp 10.0.0.1:443: connect: connection refused',
  ],
  [
    "tokenUnreachable",
    'failed to make an HTTP request: Post "https://a:4318/v1/logs": failed to get security token from token endpoint (endpoint "https://idp/token"); Post "https://idp/token": dial tcp: lookup idp on 10.96.0.10:53: no such host',
  ],
  [
    "tokenUnknownAuthority",
    'failed to make an HTTP request: Post "https://a:4318/v1/logs": failed to get security token from token endpoint (endpoint "https://idp/token"); Post "https://idp/token": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
  [
    "tokenTls",
    'failed to make an HTTP request: Post "https://a:4318/v1/logs": failed to get security token from token endpoint (endpoint "https://idp/token"); Post "https://idp/token": tls: failed to verify certificate: x509: certificate is valid for b, not idp',
  ],
  [
    "tokenTls",
    'failed to make an HTTP request: Post "https://a:4318/v1/logs": failed to get security token from token endpoint (endpoint "https://idp/token"); Post "https://idp/token": http: server gave HTTP response to HTTPS client',
  ],
  [
    "unauthenticated",
    "not retryable error: Permanent error: rpc error: code = Unauthenticated desc = error exporting items, request to http://a:4318/v1/metrics responded with HTTP Status Code 401, Message=, Details=[]",
    401,
  ],
  [
    "unauthenticated",
    "not retryable error: Permanent error: rpc error: code = Unauthenticated desc = no token of mine",
  ],
  [
    "forbidden",
    "rpc error: code = PermissionDenied desc = error exporting items, request to http://a:4318/v1/metrics responded with HTTP Status Code 403",
    403,
  ],
  [
    "notFound",
    "rpc error: code = Unimplemented desc = error exporting items, request to http://a:4318/v1/metrics responded with HTTP Status Code 404, Message=, Details=[]",
    404,
  ],
  [
    "notFound",
    "rpc error: code = Unimplemented desc = unknown service opentelemetry.proto.collector.metrics.v1.MetricsService",
  ],
  ["tooLarge", "error exporting items, request to http://a:4318/v1/logs responded with HTTP Status Code 413", 413],
  [
    "tooLarge",
    "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)",
  ],
  [
    "throttled",
    "Throttle (2s), error: rpc error: code = ResourceExhausted desc = error exporting items, request to http://a:4318/v1/metrics responded with HTTP Status Code 429",
    429,
  ],
  ["rejected", "rpc error: code = InvalidArgument desc = bad data"],
  ["maybeTls", "error exporting items, request to http://a:4318/v1/logs responded with HTTP Status Code 400", 400],
  ["rejected", "error exporting items, request to https://a:4318/v1/logs responded with HTTP Status Code 400", 400],
  [
    "rejected",
    "error exporting items, request to http://a:4318/v1/logs responded with HTTP Status Code 400, Message=old, Details=[]",
    400,
  ],
  [
    "server",
    "rpc error: code = Unavailable desc = error exporting items, request to http://a:4318/v1/metrics responded with HTTP Status Code 503",
    503,
  ],
  ["server", "rpc error: code = Unavailable desc = told to fail"],
  [
    "server",
    "request to http://a responded with HTTP Status Code 500, Message=x509: certificate has expired or is not yet valid",
    500,
  ],
  ["queueFull", "sending queue is full"],
  ["queueTooSmall", "element size too large"],
  ["disk", "write /state/exporter_otlp_http_logs-a_logs: no space left on device"],
  ["disk", "write /state/exporter_otlp_grpc_logs-a_logs: read-only file system"],
  [
    "server",
    "request to http://a responded with HTTP Status Code 500, Message=write /loki/wal/1: no space left on device",
    500,
  ],
  ["unknown", "something new"],
];

describe("the cause of a failure", () => {
  for (const [cause, error, status] of errors) {
    it(`is ${cause} by ${JSON.stringify(error.slice(0, 90))}`, () => {
      assert.deepEqual(classify(error), status === undefined ? { cause } : { cause, status });
    });
  }

  it("has words that end with the remedy", () => {
    for (const [cause, { what, remedy }] of Object.entries(causeWords)) {
      assert.match(what, /^[a-z].*[^.]$/, cause);
      assert.match(remedy({ output: "tracePipelines[0].output.otlp", collector: "agent" }), /^[A-Z].*[^.]$/, cause);
    }
  });

  it("comes with a remedy about the pipeline's own output and the collector that has the problem", () => {
    const output = "tracePipelines[0].output.otlp";
    assert.equal(causeWords.dns.remedy({ output, collector: "gateway" }), `Correct ${output}.endpoint`);
    for (const collector of ["gateway", "agent"] as const) {
      assert.equal(
        causeWords.unknown.remedy({ output, collector }),
        `Set ${collector}.logLevel to info, or read the collector's logs`,
      );
      assert.match(causeWords.queueFull.remedy({ output, collector }), new RegExp(`raise ${collector}\\.resources`));
    }
  });
});

describe("a collector's log", () => {
  const line = (change: object): string =>
    JSON.stringify({
      level: "info",
      ts: "2026-11-22T22:14:16.184Z",
      msg: "Exporting failed. Will retry the request after interval.",
      "otelcol.component.id": "otlp_grpc/metrics-a",
      error: "rpc error: code = Unavailable desc = told to fail",
      ...change,
    });

  it("has the failures of exporters, and whether data was given up", () => {
    const log = [
      line({}),
      line({
        msg: "Exporting failed. Dropping data.",
        "otelcol.component.id": "otlp_http/logs-b",
        error: "no such host",
      }),
      line({ msg: "Partial success response", error: undefined, message: "too old", dropped_spans: 7 }),
    ];
    const at = "2026-11-22T22:14:16.184Z";
    assert.deepEqual(readFailures(log.join("\n")), [
      { exporter: "otlp_grpc/metrics-a", at, cause: "server", dropped: false },
      { exporter: "otlp_http/logs-b", at, cause: "dns", dropped: true },
      { exporter: "otlp_grpc/metrics-a", at, cause: "rejected", dropped: true, rejected: 7 },
    ]);
  });

  it("distinguishes data that a backend rejects in a good answer from a mere warning", () => {
    const rejected = (fields: object): unknown =>
      readFailures(line({ msg: "Partial success response", error: undefined, ...fields })).map((one) => one.rejected);
    assert.deepEqual(rejected({ message: "foo is deprecated", dropped_data_points: 0 }), []);
    assert.deepEqual(rejected({ message: "", dropped_data_points: 2 }), [2]);
    assert.deepEqual(rejected({ message: "", dropped_log_records: 3 }), [3]);
    assert.deepEqual(rejected({ message: "as a later collector may have it" }), [1]);
  });

  it("has no failure in lines that are not about a backend, or are cut off", () => {
    const log = [
      line({ msg: "Everything is ready. Begin running and processing data." }),
      line({ error: "interrupted due to shutdown: no such host" }),
      line({}).slice(5),
      line({}).slice(0, -5),
      "panic: something",
      "",
    ];
    assert.deepEqual(readFailures(log.join("\n")), []);
  });

  it("never passes on a text of the backend or the collector", () => {
    const secret = "Bearer hunter2-token";
    const log = line({ error: `rpc error: code = Unauthenticated desc = ${secret} is not known` });
    assert.equal(JSON.stringify(readFailures(log)).includes("hunter2"), false);
  });
});
