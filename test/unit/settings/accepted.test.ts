import assert from "node:assert/strict";
import { collectorImage, collectorVersions, images } from "../../../components/contract";
import type { RawConfiguration } from "../../../components/settings";
import { errorLines, grpc, http, logWith, metricWith, pem, traceWith, warningLines } from "./helpers";

const value = (text: string) => ({ value: text });
const at = (endpoint: string) => grpc({ endpoint: value(endpoint) });
const url = (endpoint: string, more: Record<string, unknown> = {}) => http({ endpoint: value(endpoint), ...more });
const reference = { valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } };
const basic = { user: value("user"), password: value("password") };
const oauth2 = { tokenURL: value("https://idp.example.com/token?x=y"), clientID: reference, clientSecret: reference };
const chain = pem("client.pem") + pem("intermediate.pem");
const filter = (...conditions: string[]) => ({ filter: [{ conditions }] });
const transform = (...statements: string[]) => ({ transform: [{ statements }] });

/** Good input: no error and no warning. */
const accepted: readonly (readonly [behaviour: string, raw: RawConfiguration])[] = [
  ...[
    images.collector,
    collectorImage(collectorVersions.oldest),
    "otelcol:0.149.7",
    "localhost:5000/a__b/c-d.e:v0.161.3",
    `[::1]:5000/a:0.155.0@sha256:${"0".repeat(64)}`,
    "otelcol:0.161",
    "otelcol:0.149-alpine",
    `otelcol:V0.161.0_build2@sha256:${"0".repeat(64)}`,
  ].map((image) => [`the image ${image}`, { gateway: { image }, agent: { image } }] as const),
  [
    "labels, annotations and tolerations that Kubernetes accepts",
    {
      gateway: {
        labels: { team: "", "example.com/Team_1": "a.b-c_d" },
        annotations: { "Example.com/owner": "Küche\n{}" },
        nodeSelector: { "kubernetes.io/os": "linux" },
        tolerations: [
          { operator: "Exists" },
          { key: "example.com/a", value: "b", effect: "NoExecute" },
          { key: "a", operator: "Exists", value: "" },
        ],
      },
    },
  ],
  ["nothing at all", {}],
  ["answers of targets without a label of 16 MiB", { metric: { prometheus: { limits: { bodySize: "16M" } } } }],
  ["gRPC with host and port", at("backend.example.com:4317")],
  ["gRPC with a short name", at("backend:4317")],
  ["gRPC with https://", at("https://backend.example.com:443")],
  ["gRPC with http://", at("http://backend:4317")],
  ["gRPC with an IPv4 address", at("10.0.0.1:4317")],
  ["gRPC with an IPv6 address", at("[2001:db8::1]:4317")],
  ["gRPC with a name that ends in a dot", at("backend.example.com.:4317")],
  ["gRPC with an underscore in its name", at("my_backend:4317")],
  ["gRPC with the highest port", at("backend:65535")],
  ["gRPC with an endpoint from a Secret", grpc({ endpoint: reference })],
  ["HTTP with a host", url("https://backend.example.com")],
  ["HTTP with a port", url("https://backend.example.com:4318")],
  ["HTTP with a slash", url("https://backend.example.com/")],
  ["HTTP with a path", url("https://backend.example.com/api/v2/otlp")],
  ["HTTP without TLS", url("http://backend:4318")],
  ["HTTP without TLS, written twice", url("http://backend:4318", { tls: { insecure: true } })],
  ["HTTP with an IPv6 address", url("https://[::ffff:10.0.0.1]/otlp")],
  ["HTTP with its own path", url("https://backend.example.com", { path: "/ingest/otlp" })],
  ["HTTP with escapes in its path", url("https://backend.example.com/a%20b/%C3%A4", { path: "/%2f" })],
  ["gRPC with labels of 63 characters", at(`${"a".repeat(63)}.${"1".repeat(62)}b.com:4317`)],
  ["HTTP with its own path, without slash", url("https://backend.example.com", { path: "ingest" })],
  ["HTTP with a signal's path where another one replaces it", url("https://a/v1/traces", { path: "x" })],
  [
    "every compression",
    {
      tracePipelines: ["none", "gzip", "snappy", "zstd"].map((compression) => ({
        ...(grpc({ compression }).tracePipelines as object[])[0],
        name: compression,
      })),
    },
  ],
  ["gRPC without TLS", grpc({ tls: { insecure: true } })],
  ["TLS without checking", grpc({ tls: { insecureSkipVerify: true } })],
  ["an authority", grpc({ tls: { ca: value(pem("root.pem")) } })],
  [
    "several authorities with remarks between them",
    grpc({ tls: { ca: value(`# one\n${pem("root.pem")}\n# two\n${pem("intermediate.pem")}`) } }),
  ],
  [
    "an authority with line breaks written as \\n",
    grpc({ tls: { ca: value(pem("root.pem").replaceAll("\n", "\\n")) } }),
  ],
  ["an authority with Windows line breaks", grpc({ tls: { ca: value(pem("root.pem").replaceAll("\n", "\r\n")) } })],
  ["an authority with a byte order mark", grpc({ tls: { ca: value(`\ufeff${pem("root.pem")}`) } })],
  ["an authority that is indented", grpc({ tls: { ca: value(pem("root.pem").replace(/^/gm, "  \t")) } })],
  [
    "authorities without a line break between them",
    grpc({ tls: { ca: value(pem("root.pem").trimEnd() + pem("intermediate.pem").trimEnd() + ` ${pem("root.pem")}`) } }),
  ],
  ["an authority with blanks behind its lines", grpc({ tls: { ca: value(pem("root.pem").replace(/$/gm, " \t")) } })],
  [
    "an authority whose base64 is one line",
    grpc({ tls: { ca: value(pem("root.pem").replace(/(?<!-)\n(?!-)/g, "")) } }),
  ],
  ["a client certificate with its chain", grpc({ tls: { cert: value(chain), key: value(pem("client.key")) } })],
  [
    "a client certificate with everything written as \\n",
    grpc({
      tls: { cert: value(chain.replaceAll("\n", "\\n")), key: value(pem("client.key").replaceAll("\n", "\\n")) },
    }),
  ],
  [
    "a client certificate of RSA",
    grpc({ tls: { cert: value(pem("rsa-client.pem")), key: value(pem("rsa-client.key")) } }),
  ],
  [
    "a key in the old form of elliptic curves",
    grpc({ tls: { cert: value(pem("client.pem")), key: value(pem("sec1.key")) } }),
  ],
  [
    "certificate and key in one file, given twice",
    grpc({
      tls: { cert: value(pem("client.key") + pem("client.pem")), key: value(pem("client.pem") + pem("client.key")) },
    }),
  ],
  ["TLS material from Secrets", grpc({ tls: { ca: reference, cert: reference, key: reference } })],
  ["basic authentication", grpc({ authentication: { basic } })],
  [
    "a password of other than ASCII letters, quotes and dollars",
    grpc({ authentication: { basic: { ...basic, password: value("pä\"$${env:HOME}'#") } } }),
  ],
  [
    "OAuth2 with gRPC over TLS",
    grpc({ authentication: { oauth2: { ...oauth2, scopes: ["a", "b"], params: { audience: "c" } } } }),
  ],
  ["OAuth2 whose scope is a parameter", grpc({ authentication: { oauth2: { ...oauth2, params: { scope: "a" } } } })],
  ["OAuth2 with HTTP", http({ authentication: { oauth2 } })],
  ["no authentication in an empty block", grpc({ authentication: {} })],
  [
    "headers",
    grpc({
      headers: [
        { name: "X-Scope-OrgID", value: "shop" },
        { name: "Authorization", prefix: "Bearer", ...reference },
      ],
    }),
  ],
  [
    "a header's value of other than ASCII letters, with HTTP",
    http({ headers: [{ name: "X-Team", value: "Küche\t{a: b}" }] }),
  ],
  ["a prefix of other than ASCII letters, with HTTP", http({ headers: [{ name: "A", value: "b", prefix: "Träger" }] })],
  ["a value that starts like its prefix", grpc({ headers: [{ name: "A", value: "Bearerb", prefix: "Bearer" }] })],
  [
    "a header that HTTP knows and gRPC does not",
    http({
      headers: [
        { name: "User-Agent", value: "a" },
        { name: "X$Y", value: "a" },
        { name: "Host", value: "b" },
      ],
    }),
  ],
  ["a namespace of 63 characters", logWith({ input: { otlp: { namespaces: { include: ["a".repeat(63)] } } } })],
  ["a name of 200 characters", metricWith({ name: "a".repeat(200) })],
  ["a name of digits", metricWith({ name: "0123" })],
  [
    "all inputs",
    metricWith({
      input: {
        prometheus: { enabled: true, diagnosticMetrics: { enabled: true } },
        runtime: { enabled: true },
        istio: { enabled: true, envoyMetrics: { enabled: true } },
      },
    }),
  ],
  [
    "a filter with functions and brackets",
    logWith(filter('not (IsMatch(log.body, "^a(b|c).*") or log.severity_number < SEVERITY_NUMBER_INFO)')),
  ],
  ["a filter with words of OTTL inside texts", traceWith(filter('span.attributes["set(where) = \'x\'"] == "a \\" b"'))],
  [
    "a filter on values in maps and lists",
    logWith(filter('log.attributes["a"]["b"][0] == nil and resource.attributes["c"] != [1, 2.5, true]')),
  ],
  [
    "a filter with numbers and bytes",
    traceWith(
      filter("span.trace_id == TraceID(0x00112233445566778899aabbccddeeff) and span.dropped_events_count > -1 + 2 * 3"),
    ),
  ],
  [
    "a filter on data points and their metric",
    metricWith(
      filter('metric.name == "a" and datapoint.value_int == 0 and datapoint.value_double == 0.0', 'scope.name == "b"'),
    ),
  ],
  [
    "IsRootSpan() next to a path of the resource",
    traceWith(filter('IsRootSpan() and resource.attributes["a"] == "b"')),
  ],
  ["IsRootSpan() next to a path of the span", traceWith(filter("IsRootSpan() and span.kind == SPAN_KIND_SERVER"))],
  [
    "a transform with its own condition",
    logWith({
      transform: [
        { conditions: ["log.body != nil"], statements: ['set(log.attributes["a"], 1) where log.body == "b"'] },
      ],
    }),
  ],
  [
    "a transform with named arguments",
    logWith(transform('set(log.attributes["a"], Substring(log.body, start = 0, length = 5))')),
  ],
  [
    "a transform over several lines",
    traceWith(transform('set(\n  span.attributes["a"],\n  Concat(["b", span.name], "-")\n)')),
  ],
  ["a transform of span events", traceWith(transform('set(spanevent.attributes["a"], span.name)'))],
  [
    "a transform with a text that would be expanded elsewhere",
    logWith(transform('set(log.attributes["a"], "${env:HOME} $$")')),
  ],
  [
    "a transform with capture groups, also behind a dollar sign",
    logWith(transform('replace_pattern(log.attributes["a"], "^(?P<x>a+)(b)$", "$1 ${x} $$$1")')),
  ],
  [
    "a transform with the context's cache",
    logWith(transform('merge_maps(log.cache, ParseJSON(log.body), "upsert") where IsString(log.body)')),
  ],
];

describe("The configuration accepts, without a warning:", () => {
  for (const [behaviour, raw] of accepted) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), []);
    });
  }
});

const warned: readonly (readonly [behaviour: string, raw: RawConfiguration, lines: readonly string[]])[] = [
  [
    "an endpoint that is the pod itself",
    at("localhost:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: is the collector's own pod: data is sent by a pod on each node. Write the name of the backend's Service, such as backend.default.svc.cluster.local:4317.",
    ],
  ],
  [
    "an endpoint that is the pod itself, by address",
    url("http://127.0.0.1:4318"),
    [
      "tracePipelines[0].output.otlp.endpoint: is the collector's own pod: data is sent by a pod on each node. Write the name of the backend's Service, such as backend.default.svc.cluster.local:4317.",
    ],
  ],
  [
    "an endpoint that is the pod itself, by IPv6",
    at("[::1]:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: is the collector's own pod: data is sent by a pod on each node. Write the name of the backend's Service, such as backend.default.svc.cluster.local:4317.",
    ],
  ],
  [
    "gRPC to the port of HTTP",
    at("backend:4318"),
    [
      "tracePipelines[0].output.otlp.endpoint: has the port that OTLP uses with `protocol: http`. Write 4317 or set `protocol: http`, unless the backend is special.",
    ],
  ],
  [
    "HTTP to the port of gRPC",
    url("https://backend:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: has the port that OTLP uses with `protocol: grpc`. Write 4318 or set `protocol: grpc`, unless the backend is special.",
    ],
  ],
  [
    "basic authentication without TLS",
    url("http://backend:4318", { authentication: { basic } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic: is sent unencrypted, because the endpoint starts with http://. Use TLS, if the backend has it.",
    ],
  ],
  [
    "OAuth2 whose token is sent without TLS",
    http({ endpoint: reference, tls: { insecure: true }, authentication: { oauth2 } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2: is sent unencrypted, because `tls.insecure` is true. Use TLS, if the backend has it.",
    ],
  ],
  [
    "a token that is fetched without TLS",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("http://idp/token") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is without TLS, so the client secret is sent unencrypted. Write https://, if the server has it.",
    ],
  ],
  [
    "a password that ends in a line break",
    grpc({ authentication: { basic: { ...basic, password: value("secret\n") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic.password: ends in a line break, which is sent with it. Remove it, if it is one that `echo` added to a Secret.",
    ],
  ],
  [
    "a prefix that the value has already, in any case",
    grpc({ headers: [{ name: "Authorization", value: "bearer hunter2", prefix: " Bearer " }] }),
    [
      "tracePipelines[0].output.otlp.headers[0].prefix: is also the start of the value, so it is sent twice. Remove one of them.",
    ],
  ],
  [
    "a setting for certificates without TLS",
    grpc({ tls: { insecure: true, insecureSkipVerify: true } }),
    [
      "tracePipelines[0].output.otlp.tls.insecureSkipVerify: has no effect, because `tls.insecure` is true. Remove one of them: without TLS there is no certificate to check.",
    ],
  ],
  [
    "a client certificate that is for servers",
    grpc({ tls: { cert: value(pem("server.pem")), key: reference } }),
    [
      "tracePipelines[0].output.otlp.tls.cert: is not made for client authentication, so most backends will refuse it. Have it issued with `clientAuth`.",
    ],
  ],
  ...["$$1", "${1}-$${name}", "$$$$_"].map((text): (typeof warned)[number] => [
    `a capture group as where the collector expands it: ${text}`,
    logWith(transform(`replace_pattern(log.attributes["a"], "(?P<name>a+)", "${text}")`)),
    [
      "logPipelines[0].transform[0].statements[0]: has `$$` in the text at position 54, which stands for a dollar sign and what follows it. Write one `$` if a capture group is meant, as in `$1`.",
    ],
  ]),
  [
    "a metric pipeline without any input",
    metricWith({ input: { otlp: { enabled: false } } }),
    ["metricPipelines[0].input: has no input that is on, so nothing is sent. Write `enabled: true` in one of them."],
  ],
  [
    "a log pipeline without any input",
    logWith({ input: { otlp: { enabled: false } } }),
    ["logPipelines[0].input: has no input that is on, so nothing is sent. Write `enabled: true` in one of them."],
  ],
  [
    "answers of targets that may have a label of 16 MiB",
    { metric: { prometheus: { limits: { bodySize: "16Mi" } } } },
    [
      "metric.prometheus.limits.bodySize: is more than 16M, so each target can end the agent of its node with a label of 16 MiB. Write 16M or less if you do not trust all targets.",
    ],
  ],
  ...["otelcol", "[::1]:5000/a:latest", "a:nightly-0.170.0", "a:20260101", `a@sha256:${"0".repeat(64)}`].map(
    (image): (typeof warned)[number] => [
      `an image whose version is unknown: ${image}`,
      { gateway: { image }, agent: { image } },
      ["gateway", "agent"].map(
        (collector) =>
          `${collector}.image: has no version at the start of its tag, so its version cannot be checked. It must be a collector from ` +
          "0.149.0 to 0.161.0. Write the version as the tag, also before a digest, which alone is pulled: `:0.161.0@sha256:…`.",
      ),
    ],
  ),
];

describe("The configuration accepts, with exactly these warnings:", () => {
  for (const [behaviour, raw, lines] of warned) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), lines);
    });
  }
});
