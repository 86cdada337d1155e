import assert from "node:assert/strict";
import { credentialIn } from "../../../components/settings/checks/credential-shapes";
import { credentialIn as inPack } from "../../../policy/facts/credential-shapes";
import { errorLines, grpc, grpcEndpoint, metricWith, warningLines } from "./helpers";

const long = "a1B2".repeat(10);
const credentials: readonly (readonly [kind: string, text: string])[] = [
  ["a user and a password in a URL", "see https://me:hunter2@example.com/x"],
  ["the value of an Authorization header", `Bearer ${long}`],
  ["the value of an Authorization header", `authorization: Basic ${long}==`],
  ["a parameter with a key or a password", "/v1?api_key=hunter22&x=1"],
  ["a parameter with a key or a password", "client_secret=hunter2-x"],
  ["a JSON Web Token", `eyJ${long}.eyJ${long}.x`],
  ["a token of GitHub", `ghp_${long.slice(0, 36)}`],
  ["a token of GitLab", `glpat-${long}`],
  ["a token of Grafana", `glc_${long}`],
  ["a token of Dynatrace", `dt0c01.${"A".repeat(24)}.${"B".repeat(64)}`],
  ["a key of New Relic", `NRAK-${"A1".repeat(12)}`],
  ["a token of Slack", `xoxb-${long}`],
  ["a key of AWS", `AKIA${"A1".repeat(8)}`],
  ["a key of Google", `AIza${long.slice(0, 35)}`],
];

/** Texts about credentials that hold none. OTTL that removes credentials has to name their forms. */
const harmless = [
  "production-eu",
  "https://example.com/a:b@c",
  "/v1/metrics",
  "Bearer",
  "Bearer <token>",
  'replace_pattern(span.attributes["url.full"], "(token|api_key)=[^&]*", "token=***")',
  'replace_pattern(span.attributes["url.full"], "://[^:]+:[^@]+@", "://")',
  'set(span.attributes["http.request.header.authorization"], "Bearer REDACTED")',
  'IsMatch(log.body, "ghp_[A-Za-z0-9]{36}")',
  "password=REDACTED",
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

  it("is searched in a time that grows with the text's length only", () => {
    for (const part of ["x", "a:", "eyJ-", "://", "token=", "-x."]) {
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

  it("is a warning in OTTL, which may look for texts of that form", () => {
    const text = `glpat-${"a".repeat(20)}`;
    assert.deepEqual(warningLines(metricWith({ filter: [{ conditions: [`metric.name == "${text}"`] }] })), [
      line("metricPipelines[0].filter[0].conditions[0]", "a token of GitLab"),
    ]);
  });

  it("is refused by the name of a parameter, whatever its value", () => {
    const value = { value: "a" };
    const oauth2 = { tokenURL: { value: "https://a.example.com" }, clientID: value, clientSecret: value };
    const names = { password: "a", api_key: "b", audience: "c", client_assertion: "d" };
    assert.deepEqual(
      errorLines(grpc({ authentication: { oauth2: { ...oauth2, params: names } } })),
      ["password", "api_key", "client_assertion"].map(
        (name) =>
          `tracePipelines[0].output.otlp.authentication.oauth2.params.${name}: has the name of a credential, which \`params\` does not treat as secret. Remove it and use \`clientSecret\`.`,
      ),
    );
  });
});
