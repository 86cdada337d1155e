import assert from "node:assert/strict";
import { credentialIn, isCredentialParameter } from "../../../components/schema/credential-shapes";
import { credentialIn as inPack, isCredentialParameter as inPackByName } from "../../../policy/facts/credential-shapes";
import { errorLines, grpc, grpcEndpoint, metricWith, warningLines } from "./helpers";

const long = "a1B2".repeat(10);
const id = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
const keyOf = (kind: string, body: string): string => `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----`;
const credentials: readonly (readonly [kind: string, text: string])[] = [
  ["a user and a password in a URL", "see https://me:hunter2@example.com/x"],
  ["a user and a password in a URL", "redis://:hunter2@cache:6379"],
  ["a token in a URL", `https://${"0a1b".repeat(8)}@sentry.example.com/1`],
  ["a token in a URL", `dsn=https://${"0a1b".repeat(8)}:@sentry.example.com/1`],
  ["the value of an Authorization header", `Bearer ${long}`],
  ["the value of an Authorization header", `Authorization=Bearer%20${long}`],
  ["the value of an Authorization header", `Authorization: GenieKey ${id}`],
  ["the value of an Authorization header", `authorization: Basic ${long}==`],
  ["a parameter with a key or a password", "/v1?api_key=hunter22&x=1"],
  ["a parameter with a key or a password", "client_secret=hunter2-x"],
  ["a parameter with a key or a password", "password=hunter2"],
  ["a parameter with a key or a password", "DB_PASSWORD=hunter2!"],
  ["a parameter with a key or a password", "user me, Password: hunter2"],
  ["a parameter with a key or a password", "pwd=12345678"],
  ["a parameter with a key or a password", '{"user":"me","password":"hunter2"}'],
  ["a parameter with a key or a password", 'set(span.attributes["a"], "{\\"pwd\\": \\"hunter2\\"}")'],
  ["a parameter with a key or a password", 'set(span.attributes["password"], "hunter2")'],
  ["a parameter with a key or a password", `set(resource.attributes["x-api-key"], "${long}")`],
  ["a parameter with a key or a password", `log.attributes["auth_token"] == "${long}"`],
  ["a parameter with a key or a password", `Endpoint=sb://a.example.com/;SharedAccessKey=${long}=`],
  ["a parameter with a key or a password", "license_key=hunter22"],
  ["a parameter with a key or a password", "/v1?client-secret=hunter22"],
  ["a parameter with a key or a password", "/v1?x=1&apikey=hunter22"],
  ["a parameter with a key or a password", "/v1?access_token=hunter22"],
  ["a parameter with a key or a password", "AccountName=a;AccountKey=hunter22=="],
  ["a parameter with a key or a password", `aws_secret_access_key = ${long}`],
  ["a parameter with a key or a password", `x-api-key: ${long}`],
  ["a signature in a URL", `/container?sv=2024-11-04&sig=${long}%3D`],
  ["a signature in a URL", `/bucket/a?X-Amz-Date=1&X-Amz-Signature=${long}`],
  ["a private key", keyOf("PRIVATE KEY", long)],
  ["a private key", keyOf("OPENSSH PRIVATE KEY", long)],
  ["a private key", keyOf("RSA PRIVATE KEY", `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${long}`)],
  ["a private key", keyOf("EC PRIVATE KEY", long).replaceAll("\n", "\\n")],
  ["a private key", Buffer.from(keyOf("PRIVATE KEY", long)).toString("base64")],
  ["a private key", Buffer.from(keyOf("RSA PRIVATE KEY", long)).toString("base64")],
  ["a private key", Buffer.from(keyOf("EC PRIVATE KEY", long)).toString("base64")],
  ["a private key", Buffer.from(keyOf("OPENSSH PRIVATE KEY", long)).toString("base64")],
  ["a private key", Buffer.from(keyOf("ENCRYPTED PRIVATE KEY", long)).toString("base64")],
  ["the value of an Authorization header", `Splunk ${id}`],
  ["a token of GitHub", `/repos/ghp_${long.slice(0, 36)}/a`],
  ["a token of GitLab", `glrt-${long}`],
  ["a token of Slack", `xapp-1-${long}`],
  ["a key of Honeycomb", `hcaik_${"0a".repeat(29)}`],
  ["a key of Google", `ya29.${long}`],
  ["a key of Google", `GOCSPX-${long.slice(0, 28)}`],
  ["a key of AWS", `/keys/AKIA${"A1".repeat(8)}/a`],
  ["the address of a webhook", `https://hooks.slack.com/services/T0123ABCD/B0123ABCD/${long.slice(0, 24)}`],
  ["the address of a webhook", `/services/T0123ABCD/B0123ABCD/${long.slice(0, 24)}`],
  ["the address of a webhook", `https://discord.com/api/webhooks/123456789012345678/${long}${long}`],
  [
    "the address of a webhook",
    `https://a.webhook.office.com/webhookb2/${id}@${id}/IncomingWebhook/${"0a".repeat(16)}/${id}`,
  ],
  ["a JSON Web Token", `eyJ${long}.eyJ${long}.x`],
  ["a token of GitHub", `ghp_${long.slice(0, 36)}`],
  ["a token of GitLab", `glpat-${long}`],
  ["a token of Grafana", `glc_${long}`],
  ["a token of Dynatrace", `dt0c01.${"A".repeat(24)}.${"B".repeat(64)}`],
  ["a key of New Relic", `NRAK-${"A1".repeat(12)}`],
  ["a key of New Relic", `eu01xx${"0a".repeat(15)}NRAL`],
  ["a token of Vault", `hvs.${long}`],
  ["a key of Stripe", `sk_live_${long}`],
  ["a token of Slack", `xoxb-${long}`],
  ["a key of AWS", `AKIA${"A1".repeat(8)}`],
  ["a key of Google", `AIza${long.slice(0, 35)}`],
];

/** Texts about credentials that hold none. OTTL that removes credentials has to name their forms. */
const harmless = [
  "production-eu",
  "https://example.com/a:b@c",
  "ssh://git@github.com/a/b",
  "https://a-very-long-name-of-a-user@example.com",
  Buffer.from(keyOf("CERTIFICATE", long)).toString("base64"),
  'log.attributes["password"] == "REDACTED"',
  'set(resource.attributes["token"], resource.attributes["my-service-account-token-a1b2c"])',
  'IsMatch(log.body, "https://[a-z0-9]{32}@sentry")',
  "/v1/metrics",
  "Bearer",
  "Bearer <token>",
  'replace_pattern(span.attributes["url.full"], "(token|api_key)=[^&]*", "token=***")',
  'replace_pattern(span.attributes["url.full"], "://[^:]+:[^@]+@", "://")',
  'set(span.attributes["http.request.header.authorization"], "Bearer REDACTED")',
  'IsMatch(log.body, "ghp_[A-Za-z0-9]{36}")',
  "password=REDACTED",
  "password: required, at least 8 characters",
  "password=***",
  "key_prefix: password:",
  "PWD=/home/user1/a",
  "password: ${DB_PASSWORD_1}",
  "clientSecret: backend-credentials-2",
  "token: my-service-account-token-a1b2c",
  "https://idp.example.com/token",
  "/services/TELEMETRY/BACKEND/v1",
  'delete_key(log.attributes, "password")',
  'delete_matching_keys(log.attributes, "(?i)(password|api[_-]?key|client_secret)")',
  'set(log.attributes["password"], "REDACTED") where log.attributes["password"] != nil',
  'set(log.attributes["token"], SHA256(log.attributes["token"]))',
  'replace_pattern(log.body, "(?i)(password|pwd)[=:]\\\\s*[^ ]+", "$1=***")',
  'replace_pattern(log.body, "password=[^ ]+", "password=***")',
  'replace_pattern(log.body, "password: [a-z0-9]{8,}", "password: ***")',
  'replace_pattern(log.body, "pwd=\\\\S+", "pwd=$1")',
  'replace_pattern(log.body, "\\"password\\":\\"[^\\"]*\\"", "\\"password\\":\\"***\\"")',
  'replace_pattern(span.attributes["url.query"], "([?&])sig=[^&]*", "$1sig=***")',
  'replace_pattern(log.body, "-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----", "***")',
  'replace_pattern(log.body, "-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=]+", "-----BEGIN PRIVATE KEY-----")',
  'replace_pattern(log.body, "/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{24}", "/services/***")',
];

const line = (path: string, kind: string): string =>
  `${path}: looks like ${kind}, and is stored in clear text. Remove it; credentials belong into \`authentication\` or \`headers\` of an output, from a Secret.`;

describe("A credential in clear text", () => {
  it("is recognized by its form, by program and policy pack alike", () => {
    for (const find of [credentialIn, inPack]) {
      for (const [kind, text] of credentials) assert.equal(find(text), kind, text);
      for (const text of harmless) assert.equal(find(text), undefined, text);
    }
  });

  it("is recognized by the name of its parameter, by program and policy pack alike", () => {
    const named =
      "password passwd pwd passphrase secret token apikey API-Key api_token accessToken sig X-Amz-Signature".split(" ");
    for (const find of [isCredentialParameter, inPackByName]) {
      const more = [
        "my.password",
        "user_password",
        "x_api_key",
        "userPassword",
        "Password ",
        "x-secret-token",
        "auth[token]",
      ];
      for (const name of [...named, ...more]) assert.equal(find(name), true, name);
      for (const name of ["audience", "key", "tokens", "token_type", "signed", "match[]", "mytokens", "not_signed"])
        assert.equal(find(name), false, name);
    }
  });

  it("is searched in a time that grows with the text's length only", () => {
    for (const part of [
      ...[
        "x",
        "a:",
        "eyJ-",
        "://",
        "token=",
        "-x.",
        "password: ",
        "token:a",
        "://a1",
        "LS0tLS1CRUdJTi",
        "hvs.",
        "a1b2",
        'password"], "',
        "&sig=",
        "-----BEGIN A ",
        "/services/T",
      ],
      ...["-----BEGIN PRIVATE KEY-----", "A1"],
    ]) {
      const started = process.cpuUsage().user;
      assert.equal(credentialIn(part.repeat(100_000)), undefined);
      assert.ok(process.cpuUsage().user - started < 5_000_000, part);
    }
  });

  it("is refused in every text that reaches an object of the cluster", () => {
    const [kind, token] = ["a token of GitLab", `glpat-${"a".repeat(20)}`];
    assert.deepEqual(
      errorLines({
        enrichments: { cluster: { name: token } },
        gateway: { labels: { team: token }, annotations: { note: `key ${token}` } },
        agent: { nodeSelector: { pool: token }, tolerations: [{ key: "a", value: token }] },
        metric: { prometheus: { tls: { serverName: token } } },
      }),
      [
        "enrichments.cluster.name",
        "gateway.labels.team",
        "gateway.annotations.note",
        "agent.nodeSelector.pool",
        "agent.tolerations[0].value",
        "metric.prometheus.tls.serverName",
      ].map((path) => line(path, kind)),
    );
    const oauth2 = {
      ...{ tokenURL: { value: "https://a.example.com" }, clientID: { value: "a" }, clientSecret: { value: token } },
      scopes: [token],
      params: { audience: token },
    };
    const output = "metricPipelines[0].output.otlp";
    assert.deepEqual(
      errorLines(
        metricWith({
          output: {
            otlp: { endpoint: grpcEndpoint, authentication: { oauth2 }, headers: [{ name: token, value: token }] },
          },
        }),
      ),
      [
        line(`${output}.authentication.oauth2.scopes[0]`, kind),
        line(`${output}.authentication.oauth2.params.audience`, kind),
        line(`${output}.headers[0].name`, kind),
      ],
    );
  });

  it("is refused in the path of an endpoint, which is stored in clear, but not where the endpoint is in a Secret", () => {
    const problems = (endpoint: object): string[] =>
      errorLines(metricWith({ output: { otlp: { protocol: "http", endpoint } } }));
    assert.deepEqual(problems({ value: `https://a.example.com/glpat-${"a".repeat(20)}/otlp` }), [
      "metricPipelines[0].output.otlp.endpoint.value: has a path with a token of GitLab, and is stored in clear text. " +
        "Use `authentication` or `headers`, or keep the whole endpoint in a Secret, with `endpoint.valueFrom.secretKeyRef`.",
    ]);
    assert.deepEqual(problems({ value: "https://a.example.com/api/otlp" }), []);
    assert.deepEqual(problems({ valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } }), []);
  });

  it("brings a warning in OTTL, which may look for texts of that form", () => {
    const text = `glpat-${"a".repeat(20)}`;
    assert.deepEqual(warningLines(metricWith({ filter: [{ conditions: [`metric.name == "${text}"`] }] })), [
      line("metricPipelines[0].filter[0].conditions[0]", "a token of GitLab"),
    ]);
  });

  it("is refused by the name of a parameter, whatever its value", () => {
    const value = { value: "a" };
    const oauth2 = { tokenURL: { value: "https://a.example.com" }, clientID: value, clientSecret: value };
    const secret = [
      "password",
      "api_key",
      "api-key",
      "client-secret",
      "clientSecret",
      "access_token",
      "client_assertion",
    ];
    const names = Object.fromEntries([...secret, "audience", "scopes", "token_format"].map((name) => [name, "a"]));
    assert.deepEqual(
      errorLines(grpc({ authentication: { oauth2: { ...oauth2, params: names } } })),
      secret.map(
        (name) =>
          `tracePipelines[0].output.otlp.authentication.oauth2.params.${name}: has the name of a credential, which \`params\` does not treat as secret. Remove it and use \`clientSecret\`.`,
      ),
    );
  });
});
