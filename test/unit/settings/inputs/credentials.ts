import { grpc, http, type BadInput } from "../helpers";

const value = (text: unknown) => ({ value: text });
const basic = { user: value("user"), password: value("password") };
const oauth2 = {
  tokenURL: value("https://idp.example.com/token"),
  clientID: value("id"),
  clientSecret: value("secret"),
};
const plain = { tls: { insecure: true } };
const header = (name: unknown, text: unknown = "v", more: Record<string, unknown> = {}) => ({
  headers: [{ name, value: text, ...more }],
});

/** Authentication and headers. */
export const credentials: readonly BadInput[] = [
  [
    "basic and OAuth2",
    grpc({ authentication: { basic, oauth2 } }),
    ["tracePipelines[0].output.otlp.authentication: has both `basic` and `oauth2`. Keep one of them."],
  ],
  [
    "basic without password",
    grpc({ authentication: { basic: { user: value("user") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic.password: is missing. For example: { valueFrom: { secretKeyRef: { name: backend, namespace: default, key: password } } }.",
    ],
  ],
  [
    "basic with nothing",
    grpc({ authentication: { basic: {} } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic.user: is missing. For example: { value: user }.",
      "tracePipelines[0].output.otlp.authentication.basic.password: is missing. For example: { valueFrom: { secretKeyRef: { name: backend, namespace: default, key: password } } }.",
    ],
  ],
  [
    "basic with another name for the user",
    grpc({ authentication: { basic: { username: value("user"), password: value("p") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic.user: is missing. For example: { value: user }.",
      "tracePipelines[0].output.otlp.authentication.basic.username: is not a known field. Did you mean `user`?",
    ],
  ],
  [
    "an empty user",
    grpc({ authentication: { basic: { ...basic, user: value("") } } }),
    ["tracePipelines[0].output.otlp.authentication.basic.user: is empty. Give a value."],
  ],
  [
    "an empty password",
    grpc({ authentication: { basic: { ...basic, password: value("") } } }),
    ["tracePipelines[0].output.otlp.authentication.basic.password: is empty. Give a value."],
  ],
  [
    "a user with a colon",
    grpc({ authentication: { basic: { ...basic, user: value("a:b") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic.user: has a `:` in it, where basic authentication ends the name. Use a name without it.",
    ],
  ],
  [
    "a password that is a number",
    grpc({ authentication: { basic: { ...basic, password: value(123) } } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic.password.value: must be text, not a number. Put it in quotes.",
    ],
  ],
  [
    "a password that is text without value",
    grpc({ authentication: { basic: { ...basic, password: "p" } } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic.password: must be an object, not text. For example: { valueFrom: { secretKeyRef: { name: backend, namespace: default, key: password } } }.",
    ],
  ],
  [
    "basic with gRPC without TLS",
    grpc({ authentication: { basic }, ...plain }),
    [
      "tracePipelines[0].output.otlp.authentication.basic: needs TLS with gRPC, but `tls.insecure` is true. Use TLS, or set `protocol: http`, or send an Authorization header with `headers`.",
    ],
  ],
  [
    "basic with gRPC and http://",
    grpc({ endpoint: value("http://a:4317"), authentication: { basic } }),
    [
      "tracePipelines[0].output.otlp.authentication.basic: needs TLS with gRPC, but the endpoint starts with http://. Use TLS, or set `protocol: http`, or send an Authorization header with `headers`.",
    ],
  ],
  [
    "OAuth2 with nothing",
    grpc({ authentication: { oauth2: {} } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is missing. For example: { value: https://idp.example.com/token }.",
      "tracePipelines[0].output.otlp.authentication.oauth2.clientID: is missing. For example: { value: telemetry }.",
      "tracePipelines[0].output.otlp.authentication.oauth2.clientSecret: is missing. For example: { valueFrom: { secretKeyRef: { name: backend, namespace: default, key: secret } } }.",
    ],
  ],
  [
    "OAuth2 with gRPC without TLS",
    grpc({ authentication: { oauth2 }, ...plain }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2: needs TLS with gRPC, but `tls.insecure` is true. Use TLS, or set `protocol: http`, or send an Authorization header with `headers`.",
    ],
  ],
  [
    "OAuth2 with gRPC and http://",
    grpc({ endpoint: value("http://a:4317"), authentication: { oauth2 } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2: needs TLS with gRPC, but the endpoint starts with http://. Use TLS, or set `protocol: http`, or send an Authorization header with `headers`.",
    ],
  ],
  [
    "OAuth2 with HTTP, http:// and an authority",
    http({
      endpoint: value("http://a"),
      authentication: { oauth2 },
      tls: { ca: { valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } } },
    }),
    [
      "tracePipelines[0].output.otlp.tls.ca: has no effect, because the endpoint starts with http://. Remove it, or write https://.",
    ],
  ],
  [
    "a token URL without scheme",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("idp.example.com/token") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is not an absolute http or https URL. Write one, such as https://idp.example.com/token.",
    ],
  ],
  [
    "a token URL with another scheme",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("ftp://idp.example.com/token") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is not an absolute http or https URL. Write one, such as https://idp.example.com/token.",
    ],
  ],
  [
    "a token URL without host",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("https://") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is not an absolute http or https URL. Write one, such as https://idp.example.com/token.",
    ],
  ],
  [
    "an empty token URL",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is empty. Write a URL, such as https://idp.example.com/token.",
    ],
  ],
  [
    "a token URL with credentials",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("https://a:b@idp.example.com/token") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: has credentials before its host. Remove them and use `clientID` and `clientSecret`.",
    ],
  ],
  [
    "a token URL with a fragment",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("https://idp.example.com/token#a") } } }),
    ["tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: has a fragment. Remove what starts with `#`."],
  ],
  [
    "a token URL with a line break",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("https://idp.example.com/token\n") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: has white space at its start or end. Remove it; in a Secret it is often a line break that `echo` added.",
    ],
  ],
  [
    "a token URL that is a sentence",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("not a url") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is not an absolute http or https URL. Write one, such as https://idp.example.com/token.",
    ],
  ],
  [
    "a token URL with a space in its path",
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value("https://idp.example.com/to ken") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: has white space in it. Write a URL without it, such as https://idp.example.com/token.",
    ],
  ],
  [
    "a token URL in another spelling",
    grpc({
      authentication: { oauth2: { tokenUrl: value("https://a"), clientID: value("a"), clientSecret: value("b") } },
    }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: is missing. For example: { value: https://idp.example.com/token }.",
      "tracePipelines[0].output.otlp.authentication.oauth2.tokenUrl: is not a known field. Did you mean `tokenURL`?",
    ],
  ],
  [
    "an empty client id and secret",
    grpc({ authentication: { oauth2: { ...oauth2, clientID: value(""), clientSecret: value("") } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.clientID: is empty. Give a value.",
      "tracePipelines[0].output.otlp.authentication.oauth2.clientSecret: is empty. Give a value.",
    ],
  ],
  [
    "scopes as text",
    grpc({ authentication: { oauth2: { ...oauth2, scopes: "a b" } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.scopes: must be a list, not text. For example: [telemetry.write].",
    ],
  ],
  [
    "an empty scope",
    grpc({ authentication: { oauth2: { ...oauth2, scopes: ["a", ""] } } }),
    ["tracePipelines[0].output.otlp.authentication.oauth2.scopes[1]: is empty. For example: telemetry.write."],
  ],
  [
    "scopes and a parameter of the same name",
    grpc({ authentication: { oauth2: { ...oauth2, scopes: ["a"], params: { scope: "b" } } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.params.scope: is also set by `scopes`, and can be given only once. Keep one of them.",
    ],
  ],
  [
    "parameters as a list",
    grpc({ authentication: { oauth2: { ...oauth2, params: ["a"] } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.params: must be an object, not a list. For example: { audience: telemetry }.",
    ],
  ],
  [
    "a parameter that is a number",
    grpc({ authentication: { oauth2: { ...oauth2, params: { audience: 1 } } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.params.audience: must be text, not a number. Put it in quotes.",
    ],
  ],
  [
    "a parameter that is a list, under an invalid name",
    grpc({ authentication: { oauth2: { ...oauth2, params: { "a b": ["c"] } } } }),
    [
      "tracePipelines[0].output.otlp.authentication.oauth2.params[?]: must be text, not a list. For example: telemetry.",
    ],
  ],
  [
    "a header without name",
    grpc({ headers: [{ value: "a" }] }),
    ["tracePipelines[0].output.otlp.headers[0].name: is missing. For example: X-Scope-OrgID."],
  ],
  [
    "a header with an empty name",
    grpc(header("")),
    ["tracePipelines[0].output.otlp.headers[0].name: is empty. Write a header name, such as X-Scope-OrgID."],
  ],
  [
    "a header name with a space",
    grpc(header("X Tenant")),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is not a valid header name. Use letters, digits and `-` only, such as X-Scope-OrgID.",
    ],
  ],
  [
    "a header name with a colon",
    grpc(header("X-Tenant:")),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is not a valid header name. Use letters, digits and `-` only, such as X-Scope-OrgID.",
    ],
  ],
  [
    "a header name with a line break",
    http(header("X-Tenant\r\nX-Other")),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is not a valid header name. Use letters, digits and `-` only, such as X-Scope-OrgID.",
    ],
  ],
  [
    "a header name with other than ASCII letters",
    http(header("X-Ténant")),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is not a valid header name. Use letters, digits and `-` only, such as X-Scope-OrgID.",
    ],
  ],
  [
    "a header name that gRPC does not know",
    grpc(header("X$Tenant")),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is not a valid name for gRPC metadata. Use letters, digits, `-`, `_` and `.` only.",
    ],
  ],
  [
    "a header name that gRPC reserves",
    grpc(header("grpc-timeout")),
    ["tracePipelines[0].output.otlp.headers[0].name: starts with grpc-, which gRPC reserves. Use another name."],
  ],
  [
    "a header name for binary data",
    grpc(header("X-Trace-Bin")),
    [
      "tracePipelines[0].output.otlp.headers[0].name: ends in -bin, which gRPC treats as binary data. Use another name, or set `protocol: http`.",
    ],
  ],
  [
    "a header that gRPC sets",
    grpc(header("User-Agent")),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is a header that gRPC sets itself. Remove it, or set `protocol: http`.",
    ],
  ],
  [
    "a header that the exporter sets",
    http(header("Content-Type", "application/json")),
    ["tracePipelines[0].output.otlp.headers[0].name: is a header that the exporter sets itself. Remove it."],
  ],
  [
    "a header that the compression sets",
    http(header("content-encoding", "gzip")),
    ["tracePipelines[0].output.otlp.headers[0].name: is a header that the exporter sets itself. Remove it."],
  ],
  [
    "a header twice",
    grpc({
      headers: [
        { name: "X-Tenant", value: "a" },
        { name: "X-Other", value: "b" },
        { name: "x-tenant", value: "c" },
      ],
    }),
    [
      "tracePipelines[0].output.otlp.headers[2].name: is also the name of headers[0]. Remove one of them; case makes no difference.",
    ],
  ],
  [
    "an Authorization header next to basic",
    grpc({ ...header("authorization"), authentication: { basic } }),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is also set by `authentication.basic`. Remove this header, or remove `authentication`.",
    ],
  ],
  [
    "an Authorization header next to OAuth2",
    grpc({ ...header("Authorization"), authentication: { oauth2 } }),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is also set by `authentication.oauth2`. Remove this header, or remove `authentication`.",
    ],
  ],
  [
    "a header without value",
    grpc({ headers: [{ name: "X-Tenant" }] }),
    [
      "tracePipelines[0].output.otlp.headers[0]: has neither `value` nor `valueFrom`. For example: { name: X-Scope-OrgID, value: shop }.",
    ],
  ],
  [
    "a header with an empty value",
    grpc(header("X-Tenant", "")),
    ["tracePipelines[0].output.otlp.headers[0]: is empty. Give a value, or remove the header."],
  ],
  [
    "a header with a line break at its end",
    grpc(header("X-Tenant", "abc\n")),
    [
      "tracePipelines[0].output.otlp.headers[0]: ends in a line break, which a header cannot have. Remove it; in a Secret it is often one that `echo` added.",
    ],
  ],
  [
    "a header with a line break inside",
    http(header("X-Tenant", "abc\r\nX-Other: d")),
    [
      "tracePipelines[0].output.otlp.headers[0]: has a line break or another control character in it. Remove it: a header cannot have that.",
    ],
  ],
  [
    "a header with a control character",
    http(header("X-Tenant", "a\u0000b")),
    [
      "tracePipelines[0].output.otlp.headers[0]: has a line break or another control character in it. Remove it: a header cannot have that.",
    ],
  ],
  [
    "a header with a space at its end",
    http(header("X-Tenant", "a ")),
    ["tracePipelines[0].output.otlp.headers[0]: has a space at its start or end, which would be cut off. Remove it."],
  ],
  [
    "a header with other than ASCII letters, with gRPC",
    grpc(header("X-Tenant", "ä")),
    [
      "tracePipelines[0].output.otlp.headers[0]: has characters other than printable ASCII, which gRPC metadata cannot have. Set `protocol: http`, or use ASCII.",
    ],
  ],
  [
    "a header with a tab, with gRPC",
    grpc(header("X-Tenant", "a\tb")),
    [
      "tracePipelines[0].output.otlp.headers[0]: has characters other than printable ASCII, which gRPC metadata cannot have. Set `protocol: http`, or use ASCII.",
    ],
  ],
  [
    "a prefix with a line break",
    grpc(header("X-Tenant", "a", { prefix: "Bearer\nX" })),
    [
      "tracePipelines[0].output.otlp.headers[0].prefix: has a line break or another control character in it. Write one word, such as Bearer.",
    ],
  ],
  [
    "a prefix with a credential behind its scheme",
    grpc(header("Authorization", "a", { prefix: "Bearer hunter2" })),
    [
      "tracePipelines[0].output.otlp.headers[0].prefix: is more than the name of a scheme, so it could hold a credential in clear text. Write one word, such as Bearer, and the rest into the value.",
    ],
  ],
  [
    "a prefix that is longer than any scheme",
    grpc(header("Authorization", "a", { prefix: "hunter2hunter2hunter2" })),
    [
      "tracePipelines[0].output.otlp.headers[0].prefix: is more than the name of a scheme, so it could hold a credential in clear text. Write one word, such as Bearer, and the rest into the value.",
    ],
  ],
  [
    "a prefix that is a number",
    grpc(header("X-Tenant", "a", { prefix: 5 })),
    ["tracePipelines[0].output.otlp.headers[0].prefix: must be text, not a number. Put it in quotes."],
  ],
  ...(
    [
      ["https:///token", "has no host. Write the name or the address of the backend."],
      ...["idp.bücher.de", "1.2", `${"a".repeat(64)}.com`].map(
        (host) =>
          [
            `https://${host}/token`,
            "has a host that is neither a name nor an address. Write a DNS name (punycode for other than ASCII letters) or an IP address.",
          ] as const,
      ),
      [
        "https://[::]/token",
        "has an address that servers listen at and that no client can reach. Write the name or the address of the backend.",
      ],
      ["https://idp:0/token", "has a port that is not a number from 1 to 65535. Write a number, such as 443."],
      ["https://idp:/token", "has a port that is not a number from 1 to 65535. Write a number, such as 443."],
      [
        "https://idp/%zz",
        "has a `%` in its path that is not the start of an escape such as %20. Write %25 for the character.",
      ],
      ["https://idp/\u0001", "has a control character in it. Remove it."],
    ] as const
  ).map(([url, wrong]): BadInput => [
    `the token URL ${JSON.stringify(url)}`,
    grpc({ authentication: { oauth2: { ...oauth2, tokenURL: value(url) } } }),
    [`tracePipelines[0].output.otlp.authentication.oauth2.tokenURL: ${wrong}`],
  ]),
  [
    "a prefix of other than ASCII letters, with gRPC",
    grpc(header("X-Tenant", "a", { prefix: "Träger" })),
    [
      "tracePipelines[0].output.otlp.headers[0].prefix: has characters other than printable ASCII, which gRPC metadata cannot have. Set `protocol: http`, or use ASCII.",
    ],
  ],
];
