import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { resolvePipelines, secretReader, type ReadSecrets } from "../../../components/credentials";
import { credentialsOf, fileContent } from "../../../components/credentials/keys";
import { resolveReferences } from "../../../components/credentials/source-secrets";
import { parsePipelines, type ParsedConfiguration } from "../../../components/pipelines";
import { valueOf } from "../helpers/pulumi";

const now = new Date("2026-06-01T00:00:00Z");
const parse = (...metricPipelines: object[]): ParsedConfiguration => parsePipelines({ metricPipelines }, { now });
const ref = (name: string, key: string): object => ({ valueFrom: { secretKeyRef: { name, namespace: "shop", key } } });
const basic = (name: string, user: object, password: object): object => ({
  name,
  output: {
    otlp: {
      endpoint: { value: "https://backend.example.com:4317" },
      authentication: { basic: { user, password } },
      headers: [{ name: "x-tenant", value: "t" }],
    },
  },
});
const base64 = (text: string): string => Buffer.from(text).toString("base64");
/** Stands in for the cluster: says what it was asked for and gives what it has. */
const has =
  (secrets: Record<string, Record<string, string>>): ReadSecrets =>
  (asked) =>
    asked.map(({ name }) => {
      const data = secrets[name];
      return data ? { data } : { problem: "missing", detail: "" };
    });
const files = (parsed: ParsedConfiguration, read: ReadSecrets): Readonly<Record<string, pulumi.Output<string>>> =>
  resolvePipelines(parsed, read, now, assert.fail).files;

describe("the merged Secret", () => {
  it("has a key of its own for every value, also of pipelines whose names are nearly the same", () => {
    const value = { value: "x" };
    const keys = credentialsOf(parse(basic("a.b", value, value), basic("a-b", value, value)).pipelines).map(
      ({ key }) => key,
    );
    assert.deepEqual(keys, [
      "metric_a-b_authentication.basic.password",
      "metric_a-b_authentication.basic.user",
      "metric_a-b_headers.0",
      "metric_a.b_authentication.basic.password",
      "metric_a.b_authentication.basic.user",
      "metric_a.b_headers.0",
    ]);
    for (const key of keys) assert.match(key, /^[-._a-zA-Z0-9]{1,253}$/, "what Kubernetes allows for a key");
  });

  it("holds literal values and those of referenced Secrets, all of them secret", async () => {
    const content = files(
      parse(basic("a", { value: "me" }, ref("creds", "password"))),
      has({ creds: { password: base64("pä$$w") } }),
    );
    for (const value of Object.values(content)) assert.equal(await pulumi.isSecret(value), true);
    assert.deepEqual(await valueOf(pulumi.all(content)), {
      "metric_a_authentication.basic.password": "pä$$$$w",
      "metric_a_authentication.basic.user": "me",
      "metric_a_headers.0": "t",
    });
  });

  it("doubles the dollars of what the collector expands once more, and leaves PEM alone", () => {
    assert.equal(fileContent({ pem: false }, "pa$$w${env:HOME}"), "pa$$$$w$${env:HOME}");
    const pem = "-----BEGIN CERTIFICATE-----\nab$c\n-----END CERTIFICATE-----\n";
    assert.equal(fileContent({ pem: true }, pem), pem);
  });

  it("reads each Secret once, however many values refer to it", () => {
    const asked: string[] = [];
    const read: ReadSecrets = (secrets) =>
      secrets.map(({ namespace, name }) => {
        asked.push(`${namespace}/${name}`);
        return { data: { user: base64("u"), password: base64("p") } };
      });
    files(
      parse(basic("a", ref("one", "user"), ref("one", "password")), basic("b", ref("two", "user"), ref("one", "user"))),
      read,
    );
    assert.deepEqual(asked, ["shop/one", "shop/two"]);
  });

  it("names pipeline, field, Secret, namespace and key of everything that is missing", () => {
    const parsed = parse(
      basic("a", ref("gone", "user"), ref("creds", "pasword")),
      basic("b", { value: "u" }, ref("empty", "p")),
    );
    assert.throws(() => files(parsed, has({ creds: { password: base64("hunter2") }, empty: { p: "" } })), {
      message: [
        "Invalid pipeline configuration (3 problems)",
        "  metricPipelines[0].output.otlp.authentication.basic.password: refers to the key pasword of Secret creds in namespace shop, which has no such key. Correct the key.",
        "  metricPipelines[0].output.otlp.authentication.basic.user: refers to Secret gone in namespace shop, which does not exist. Create it or correct the reference.",
        "  metricPipelines[1].output.otlp.authentication.basic.password: is empty. Give a value.",
      ].join("\n"),
    });
  });

  it("tells a Secret that may not be read from a cluster that does not answer", () => {
    const reference = { kind: "secretKeyRef", name: "creds", namespace: "shop", key: "k" } as const;
    const problems = (["forbidden", "unreachable"] as const).map((problem) => {
      const { findings } = resolveReferences([{ path: "p", reference }], () => [{ problem, detail: "no route" }]);
      return findings.map((finding) => `${finding.problem}. ${finding.remedy}`);
    });
    assert.deepEqual(problems, [
      [
        "refers to Secret creds in namespace shop, which you may not read. Get the right to get Secrets in namespace shop",
      ],
      [
        "refers to Secret creds in namespace shop, which could not be read (no route). Check that the kubeconfig names a cluster that answers",
      ],
    ]);
  });

  it("asks the cluster that is configured, and says when it can't", () => {
    const read = secretReader({ kubeconfig: "/nowhere/kubeconfig" });
    assert.deepEqual(read([{ namespace: "shop", name: "creds" }]), [
      { problem: "unreachable", detail: "ENOENT: no such file or directory, open '/nowhere/kubeconfig'" },
    ]);
    const nobody = `{"clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:65530"}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u"}],"current-context":"c"}`;
    const [reading] = secretReader({ kubeconfig: nobody })([{ namespace: "shop", name: "creds" }]);
    assert.deepEqual(reading, { problem: "unreachable", detail: "connect ECONNREFUSED 127.0.0.1:65530" });
  });
});
