import { grpc, http, httpEndpoint, metricWith, type BadInput } from "../helpers";

const at = (value: string, more: Record<string, unknown> = {}) => grpc({ endpoint: { value }, ...more });
const url = (value: string, more: Record<string, unknown> = {}) => http({ endpoint: { value }, ...more });

export const endpoints: readonly BadInput[] = [
  [
    "an empty endpoint",
    at(""),
    ["tracePipelines[0].output.otlp.endpoint: is empty. Write host:port, such as backend.example.com:4317."],
  ],
  [
    "an endpoint of white space",
    url("  "),
    ["tracePipelines[0].output.otlp.endpoint: is empty. Write a URL, such as https://backend.example.com."],
  ],
  [
    "gRPC without port",
    at("backend.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has no port, which gRPC needs. Add it, such as backend.example.com:4317.",
    ],
  ],
  [
    "gRPC with https:// and without port",
    at("https://backend.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has no port, which gRPC needs. Add it, such as https://backend.example.com:4317, or set `protocol: http`.",
    ],
  ],
  [
    "gRPC with http:// and without port",
    at("http://backend.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has no port, which gRPC needs. Add it, such as http://backend.example.com:4317, or set `protocol: http`.",
    ],
  ],
  [
    "gRPC with an empty port",
    at("backend.example.com:"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with a port in words",
    at("backend.example.com:grpc"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with port 0",
    at("backend.example.com:0"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with a port that is too high",
    at("backend.example.com:65536"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with a negative port",
    at("backend.example.com:-1"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with two ports",
    at("backend.example.com:4317:4318"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with a path",
    at("backend.example.com:4317/v1/traces"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a path, which gRPC does not have. Remove everything from the `/` on, or set `protocol: http`.",
    ],
  ],
  [
    "gRPC with a bare slash",
    at("https://backend.example.com:4317/"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a path, which gRPC does not have. Remove everything from the `/` on, or set `protocol: http`.",
    ],
  ],
  [
    "gRPC with a scheme that only gRPC has",
    at("grpc://backend.example.com:4317"),
    ["tracePipelines[0].output.otlp.endpoint: has a scheme that is not known. Write host:port, or https://host:port."],
  ],
  [
    "gRPC with a resolver",
    at("dns:///backend.example.com:4317"),
    ["tracePipelines[0].output.otlp.endpoint: has a scheme that is not known. Write host:port, or https://host:port."],
  ],
  [
    "gRPC by a Unix socket",
    at("unix:///run/otlp.sock"),
    ["tracePipelines[0].output.otlp.endpoint: has a scheme that is not known. Write host:port, or https://host:port."],
  ],
  [
    "gRPC with a scheme in capital letters",
    at("HTTP://backend.example.com:4317"),
    ["tracePipelines[0].output.otlp.endpoint: has a scheme in capital letters. Write http://."],
  ],
  [
    "gRPC with only a port",
    at(":4317"),
    ["tracePipelines[0].output.otlp.endpoint: has no host. Write the name or the address of the backend."],
  ],
  [
    "gRPC with an IPv6 address without brackets",
    at("2001:db8::1:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: has an IPv6 address without brackets. Write it as [address]:port, such as [2001:db8::1]:4317.",
    ],
  ],
  [
    "gRPC with something else in brackets",
    at("[backend]:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: has no IPv6 address in its brackets. Write one, such as [2001:db8::1]:4317.",
    ],
  ],
  [
    "gRPC with an IPv6 zone",
    at("[fe80::1%eth0]:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: has no IPv6 address in its brackets. Write one, such as [2001:db8::1]:4317.",
    ],
  ],
  [
    "gRPC with a bracket left open",
    at("[2001:db8::1:4317"),
    ["tracePipelines[0].output.otlp.endpoint: is not an endpoint. Write host:port, such as backend.example.com:4317."],
  ],
  [
    "gRPC with white space inside",
    at("backend example.com:4317"),
    ["tracePipelines[0].output.otlp.endpoint: has white space in its host. Remove it."],
  ],
  [
    "gRPC with a line break at its end",
    at("backend.example.com:4317\n"),
    [
      "tracePipelines[0].output.otlp.endpoint: has white space at its start or end. Remove it; in a Secret it is often a line break that `echo` added.",
    ],
  ],
  [
    "gRPC with a variable",
    at("${env:BACKEND}:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a host that is neither a name nor an address. Write a DNS name (punycode for other than ASCII letters) or an IP address.",
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with a variable in the port",
    at("backend.example.com:${PORT}"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
    ],
  ],
  [
    "gRPC with credentials",
    at("user:password@backend.example.com:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: has credentials before its host. Remove them and use `authentication.basic`.",
    ],
  ],
  [
    "gRPC with other than ASCII letters",
    at("bäckend.example.com:4317"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a host that is neither a name nor an address. Write a DNS name (punycode for other than ASCII letters) or an IP address.",
    ],
  ],
  [
    "gRPC with everything wrong",
    at(" ftp://user@/x?y#z"),
    [
      "tracePipelines[0].output.otlp.endpoint: has white space at its start or end. Remove it; in a Secret it is often a line break that `echo` added.",
      "tracePipelines[0].output.otlp.endpoint: has a scheme that is not known. Write host:port, or https://host:port.",
    ],
  ],
  [
    "HTTP without scheme",
    url("backend.example.com:4318"),
    ["tracePipelines[0].output.otlp.endpoint: has no scheme. Write it with https:// (or http:// for no TLS) in front."],
  ],
  [
    "HTTP with the scheme of gRPC",
    url("grpc://backend.example.com:4318"),
    ["tracePipelines[0].output.otlp.endpoint: has a scheme that is not known. Write https:// or http:// (no TLS)."],
  ],
  [
    "HTTP with a scheme in capital letters",
    url("HTTPS://backend.example.com"),
    ["tracePipelines[0].output.otlp.endpoint: has a scheme in capital letters. Write https://."],
  ],
  [
    "HTTP without host",
    url("https://"),
    ["tracePipelines[0].output.otlp.endpoint: has no host. Write the name or the address of the backend."],
  ],
  [
    "HTTP with only a path",
    url("/v1/traces"),
    [
      "tracePipelines[0].output.otlp.endpoint: has no scheme. Write it with https:// (or http:// for no TLS) in front.",
      "tracePipelines[0].output.otlp.endpoint: has no host. Write the name or the address of the backend.",
      "tracePipelines[0].output.otlp.endpoint: ends in the path of a signal, which is added to it. Remove /v1/… from its end, or set `path` instead.",
    ],
  ],
  [
    "HTTP with a port in words",
    url("https://backend.example.com:https"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4318.",
    ],
  ],
  [
    "HTTP with credentials",
    url("https://user:password@backend.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has credentials before its host. Remove them and use `authentication.basic`.",
    ],
  ],
  [
    "HTTP with an empty user",
    url("https://@backend.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has credentials before its host. Remove them and use `authentication.basic`.",
    ],
  ],
  [
    "HTTP with a query",
    url("https://backend.example.com?api-key=abc"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a query. Remove what starts with `?`; credentials go into `headers`.",
    ],
  ],
  [
    "HTTP with a fragment",
    url("https://backend.example.com/#otlp"),
    ["tracePipelines[0].output.otlp.endpoint: has a fragment. Remove what starts with `#`."],
  ],
  [
    "HTTP with the path of a signal",
    url("https://backend.example.com/otlp/v1/traces"),
    [
      "tracePipelines[0].output.otlp.endpoint: ends in the path of a signal, which is added to it. Remove /v1/… from its end, or set `path` instead.",
    ],
  ],
  [
    "HTTP with the path of another signal and a slash",
    url("https://backend.example.com/v1/metrics/"),
    [
      "tracePipelines[0].output.otlp.endpoint: ends in the path of a signal, which is added to it. Remove /v1/… from its end, or set `path` instead.",
    ],
  ],
  [
    "HTTP with white space in its path",
    url("https://backend.example.com/a b"),
    ["tracePipelines[0].output.otlp.endpoint: has white space in its path. Remove it."],
  ],
  [
    "HTTP with an underscore at the end of a part",
    url("https://backend-.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a host that is neither a name nor an address. Write a DNS name (punycode for other than ASCII letters) or an IP address.",
    ],
  ],
  [
    "HTTP with an empty part in its host",
    url("https://backend..example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a host that is neither a name nor an address. Write a DNS name (punycode for other than ASCII letters) or an IP address.",
    ],
  ],
  [
    "HTTP with an IPv6 address without brackets",
    url("https://2001:db8::1"),
    [
      "tracePipelines[0].output.otlp.endpoint: has an IPv6 address without brackets. Write it as [address]:port, such as [2001:db8::1]:4317.",
    ],
  ],
  [
    "HTTP with a host that is too long",
    url(`https://${"a.".repeat(127)}com`),
    [
      "tracePipelines[0].output.otlp.endpoint: has a host that is neither a name nor an address. Write a DNS name (punycode for other than ASCII letters) or an IP address.",
    ],
  ],
  [
    "HTTP with a missing slash",
    url("https:/backend.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has a scheme without `//` behind it. Write a URL, such as https://backend.example.com.",
    ],
  ],
  [
    "HTTP with too many slashes",
    url("https:///backend.example.com"),
    ["tracePipelines[0].output.otlp.endpoint: has no host. Write the name or the address of the backend."],
  ],
  [
    "HTTP with a tab at its start",
    url("\thttps://backend.example.com"),
    [
      "tracePipelines[0].output.otlp.endpoint: has white space at its start or end. Remove it; in a Secret it is often a line break that `echo` added.",
    ],
  ],
  [
    "an unknown protocol, which hides no other fault",
    at("https://user@backend.example.com:x?y", { protocol: "tcp" }),
    [
      "tracePipelines[0].output.otlp.protocol: must be grpc or http. Write one of these.",
      "tracePipelines[0].output.otlp.endpoint: has credentials before its host. Remove them and use `authentication.basic`.",
      "tracePipelines[0].output.otlp.endpoint: has a port that is not a number from 1 to 65535. Write a number, such as 4317.",
      "tracePipelines[0].output.otlp.endpoint: has a query. Remove what starts with `?`; credentials go into `headers`.",
    ],
  ],
  [
    "a path with gRPC, by default",
    grpc({ path: "/v1/otlp" }),
    ["tracePipelines[0].output.otlp.path: is only for `protocol: http`. Remove it, or set `protocol: http`."],
  ],
  [
    "a path with gRPC",
    grpc({ protocol: "grpc", path: "/v1/otlp" }),
    ["tracePipelines[0].output.otlp.path: is only for `protocol: http`. Remove it, or set `protocol: http`."],
  ],
  [
    "an empty path",
    http({ path: "" }),
    ["tracePipelines[0].output.otlp.path: is empty. Write it as /ingest/otlp, or remove it."],
  ],
  [
    "a path that is a URL",
    http({ path: "https://backend.example.com/v1" }),
    ["tracePipelines[0].output.otlp.path: is a whole URL. Move scheme, host and port to `endpoint`."],
  ],
  [
    "a path with white space",
    http({ path: "/a b" }),
    ["tracePipelines[0].output.otlp.path: has white space in it. Remove it."],
  ],
  [
    "a path with a fragment",
    http({ path: "/a#b" }),
    ["tracePipelines[0].output.otlp.path: has a fragment. Remove what starts with `#`."],
  ],
  [
    "a path with credentials before a host",
    http({ path: "//me:hunter2@backend.example.com/v1" }),
    ["tracePipelines[0].output.otlp.path: has credentials before a host. Remove them and use `authentication.basic`."],
  ],
  [
    "a path that is a list",
    http({ path: ["/a"] }),
    ["tracePipelines[0].output.otlp.path: must be text, not a list. For example: /ingest/otlp."],
  ],
  [
    "https:// without TLS",
    http({ endpoint: httpEndpoint, tls: { insecure: true } }),
    [
      "tracePipelines[0].output.otlp.endpoint: starts with https:// while `tls.insecure` is true. Write http://, or remove `tls.insecure`.",
    ],
  ],
  [
    "https:// with gRPC without TLS",
    at("https://backend.example.com:4317", { tls: { insecure: true } }),
    [
      "tracePipelines[0].output.otlp.endpoint: starts with https:// while `tls.insecure` is true. Write http://, or remove `tls.insecure`.",
    ],
  ],
  [
    "an endpoint of metrics",
    metricWith({ output: { otlp: { endpoint: { value: "backend" } } } }),
    [
      "metricPipelines[0].output.otlp.endpoint: has no port, which gRPC needs. Add it, such as backend.example.com:4317.",
    ],
  ],
  ...["10.0.0.256", "1.2.3", "1.2.3.4.5", "010.0.0.1", "10.0.0.1.", "backend.1", "4317", `${"a".repeat(64)}.com`].map(
    (host): BadInput => [
      `the host ${host}`,
      at(`${host}:4317`),
      [
        "tracePipelines[0].output.otlp.endpoint: has a host that is neither a name nor an address. Write a DNS name (punycode for other than ASCII letters) or an IP address.",
      ],
    ],
  ),
  ...["0.0.0.0", "[::]", "[0:0::0]", "[::ffff:0.0.0.0]"].map((host): BadInput => [
    `the host ${host}, which no backend has`,
    at(`${host}:4317`),
    [
      "tracePipelines[0].output.otlp.endpoint: has an address that servers listen at and that no client can reach. Write the name or the address of the backend.",
    ],
  ]),
  ...["/%zz", "/a%", "/a%4", "/%41%4g/b"].flatMap((path): BadInput[] => [
    [
      `HTTP with the path ${path}`,
      url(`https://backend.example.com${path}`),
      [
        "tracePipelines[0].output.otlp.endpoint: has a `%` in its path that is not the start of an escape such as %20. Write %25 for the character.",
      ],
    ],
    [
      `the path ${path}`,
      http({ path }),
      [
        "tracePipelines[0].output.otlp.path: has a `%` in its path that is not the start of an escape such as %20. Write %25 for the character.",
      ],
    ],
  ]),
  [
    "HTTP with a control character in its path",
    url("https://backend.example.com/a\u0001"),
    ["tracePipelines[0].output.otlp.endpoint: has a control character in it. Remove it."],
  ],
  [
    "a path with a query, which could be a key",
    http({ path: "/v1/metrics?api_key=hunter2" }),
    ["tracePipelines[0].output.otlp.path: has a query. Remove what starts with `?`; credentials go into `headers`."],
  ],
];
