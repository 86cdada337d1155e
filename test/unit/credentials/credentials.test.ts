import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import * as pulumi from "@pulumi/pulumi";
import { resolvePipelines, secretReader, writtenCredentials, type ReadSecrets } from "../../../components/credentials";
import { credentialFiles, referencedFiles } from "../../../components/credentials/credential-files";
import { readSecrets } from "../../../components/credentials/read-secrets";
import { resolveReferences } from "../../../components/credentials/source-secrets";
import { parsePipelines, type ParsedConfiguration } from "../../../components/settings";
import { kubeconfigOf } from "../helpers/kubeconfig";
import { valueOf } from "../helpers/pulumi";
import { pem } from "../settings/helpers";

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
/** Stands in for the cluster: returns these Secrets, and reports all others as missing. */
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
  it("has its own keys for every pipeline, also for pipelines with similar names", () => {
    const value = { value: "x" };
    const keys = credentialFiles(parse(basic("a.b", value, value), basic("a-b", value, value)).pipelines).map(
      ({ key }) => key,
    );
    assert.deepEqual(keys, [
      "metric_a-b_authentication",
      "metric_a-b_headers",
      "metric_a.b_authentication",
      "metric_a.b_headers",
    ]);
    for (const key of keys) assert.match(key, /^[-._a-zA-Z0-9]{1,253}$/, "what Kubernetes allows for a key");
  });

  it("has only the files that the configurations of its collectors name", () => {
    const all = { "log_a_tls.ca": 1, "log_a_tls.cert": 2, log_a_headers: 3, "log_a.b_headers": 4, monitor_shop_1: 5 };
    const configurations = [
      "headers: ${file:/credentials/log_a.b_headers}",
      "tls:\n  ca_file: /credentials/log_a_tls.ca\nbearer_token_file: '/credentials/monitor_shop_1'\n",
    ];
    assert.deepEqual(referencedFiles(all, configurations), {
      "log_a_tls.ca": 1,
      "log_a.b_headers": 4,
      monitor_shop_1: 5,
    });
    assert.deepEqual(referencedFiles(all, []), {});
  });

  it("holds literal values and those of referenced Secrets, all of them secret", async () => {
    const content = files(
      parse(basic("a", { value: "me" }, ref("creds", "password"))),
      has({ creds: { password: base64("pä w") } }),
    );
    for (const value of Object.values(content)) assert.equal(await pulumi.isSecret(value), true);
    assert.deepEqual(await valueOf(pulumi.all(content)), {
      metric_a_authentication: `{"username":"me","password":"pä w"}`,
      metric_a_headers: `{"x-tenant":"t"}`,
    });
  });

  /** Each file of a pipeline with this output, by its part. */
  const contentOf = async (otlp: object, secrets: Record<string, Record<string, string>> = {}) => {
    const all = await valueOf(pulumi.all(files(parse({ name: "a", output: { otlp } }), has(secrets))));
    return Object.fromEntries(Object.entries(all).map(([key, text]) => [key.replace("metric_a_", ""), text]));
  };

  it("quotes every text and doubles its dollars, so that the collector reads it as that text", async () => {
    const text = "1: pa$$w${env:HOME}\u0085\u007f\u2028";
    const { authentication } = await contentOf({
      protocol: "http",
      endpoint: { value: "https://backend.example.com" },
      authentication: {
        oauth2: {
          tokenURL: { value: "https://idp.example.com/token" },
          clientID: { value: "12345678901234567890" },
          clientSecret: { value: text },
          scopes: ["$a"],
          params: { audience: "${env:HOME}" },
        },
      },
    });
    assert.equal(
      authentication,
      `{"token_url":"https://idp.example.com/token","client_id":"12345678901234567890",` +
        `"client_secret":"1: pa$$$$w$\${env:HOME}\\u0085\\u007f\\u2028","scopes":["$$a"],` +
        `"endpoint_params":{"audience":"$\${env:HOME}"}}`,
    );
    assert.match(authentication ?? "", /^[\x20-\x7e]*$/);
  });

  it("is the same in whatever order headers, scopes and parameters are written", async () => {
    const content = async (
      params: object,
      scopes: readonly string[],
      headers: readonly string[],
    ): Promise<Record<string, string>> =>
      contentOf({
        endpoint: { value: "https://backend.example.com:4317" },
        authentication: {
          oauth2: {
            tokenURL: { value: "https://idp.example.com/token" },
            clientID: { value: "id" },
            clientSecret: { value: "s" },
            params,
            scopes,
          },
        },
        headers: headers.map((name) => ({ name, value: "t" })),
      });
    assert.deepEqual(await content({ resource: "r", audience: "a" }, ["write", "read"], ["x-b", "x-a"]), {
      authentication:
        `{"token_url":"https://idp.example.com/token","client_id":"id","client_secret":"s",` +
        `"scopes":["read","write"],"endpoint_params":{"audience":"a","resource":"r"}}`,
      headers: `{"x-a":"t","x-b":"t"}`,
    });
  });

  it("has the whole text that one reference stands for: prefixes of headers, the path behind a secret address", async () => {
    const content = await contentOf(
      {
        protocol: "http",
        endpoint: ref("creds", "address"),
        path: "/in",
        headers: [
          { name: "Authorization", prefix: "Bearer", value: "token" },
          { name: "X-Tenant", value: "t" },
        ],
      },
      { creds: { address: base64("https://backend.example.com/") } },
    );
    assert.deepEqual(content, {
      endpoint: "https://backend.example.com/in",
      headers: `{"Authorization":"Bearer token","X-Tenant":"t"}`,
    });
  });

  it("keeps the bytes of PEM, which the collector reads as a file", async () => {
    const ca = `# Acme$$\r\n${pem("root.pem").replaceAll("\n", "\r\n")}`;
    const content = await contentOf({
      endpoint: { value: "https://backend.example.com:4317" },
      tls: { ca: { value: ca } },
    });
    assert.deepEqual(content, { "tls.ca": ca });
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
        "  metricPipelines[0].output.otlp.authentication.basic.user: refers to the key user of Secret gone in namespace shop, which does not exist. Create the Secret or correct the reference.",
        "  metricPipelines[0].output.otlp.authentication.basic.password: refers to the key pasword of Secret creds in namespace shop, which has no such key. Correct the key.",
        "  metricPipelines[1].output.otlp.authentication.basic.password: is empty. Give a value.",
      ].join("\n"),
    });
  });

  it("distinguishes a Secret that may not be read from a cluster that does not answer", () => {
    const reference = { kind: "secretKeyRef", name: "creds", namespace: "shop", key: "k" } as const;
    const problems = (["forbidden", "unreachable"] as const).map((problem) => {
      const { findings } = resolveReferences([{ path: "p", reference }], () => [{ problem, detail: "no route" }]);
      return findings.map((finding) => `${finding.problem}. ${finding.remedy}`);
    });
    assert.deepEqual(problems, [
      [
        "refers to the key k of Secret creds in namespace shop, which you may not read. Get the right to get Secrets in namespace shop",
      ],
      [
        "refers to the key k of Secret creds in namespace shop, which could not be read (no route). Check that the kubeconfig names a cluster that answers, and a login that is still valid",
      ],
    ]);
  });

  it("reads from the configured cluster, and reports when that is impossible", () => {
    const read = secretReader({ kubeconfig: "/nowhere/kubeconfig" });
    assert.deepEqual(read([{ namespace: "shop", name: "creds" }]), [
      { problem: "unreachable", detail: "ENOENT: no such file or directory, open '/nowhere/kubeconfig'" },
    ]);
    const nobody = `{"clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:65530"}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u"}],"current-context":"c"}`;
    const [reading] = secretReader({ kubeconfig: nobody })([{ namespace: "shop", name: "creds" }]);
    assert.deepEqual(reading, { problem: "unreachable", detail: "connect ECONNREFUSED 127.0.0.1:65530" });
  });

  it("gives network rules only the port of an address from a Secret, and whether it is a Service", async () => {
    const to = (name: string, endpoint: object): object => ({ name, output: { otlp: { endpoint } } });
    const { backends } = resolvePipelines(
      parse(
        to("a", { value: "https://backend.example.com:4317" }),
        to("b", ref("creds", "address")),
        to("c", { value: pulumi.secret("https://hidden.example.com:4319") }),
        to("d", { value: pulumi.secret("http://hidden.shop.svc:80") }),
        to("e", { value: pulumi.secret("http://hidden.shop:80") }),
        to("f", { value: pulumi.output("http://made.shop.svc:80") }),
      ),
      has({ creds: { address: base64("https://secret.example.com:4318") } }),
      now,
      assert.fail,
    );
    const all = backends(() => true);
    assert.deepEqual(await valueOf(all), [
      { host: "backend.example.com", port: 4317 },
      { port: 4318 },
      { port: 4319 },
      { port: 80, service: "certain" },
      { port: 80, service: "possible" },
      { host: "made.shop.svc", port: 80 },
    ]);
    assert.equal(await pulumi.isSecret(all), false);
  });

  it("distinguishes a missing Secret, a missing right and a login that is not accepted", async () => {
    // In its own thread, because reading blocks this one.
    const api = new Worker(
      `const server = require("node:http").createServer(({ url }, response) => {
         response.writeHead(Number(/\\d+$/.exec(url)), { "content-type": "application/json" }).end("{}");
       });
       server.listen(0, "127.0.0.1", () => require("node:worker_threads").parentPort.postMessage(server.address().port));`,
      { eval: true },
    );
    const [port] = (await once(api, "message")) as [number];
    const kubeconfig = `{"clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:${port}","insecure-skip-tls-verify":true}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u"}],"current-context":"c"}`;
    const secrets = ["404", "403", "401", "500"].map((name) => ({ namespace: "shop", name }));
    const readings = secretReader({ kubeconfig })(secrets);
    await api.terminate();
    assert.deepEqual(readings, [
      { problem: "missing", detail: "" },
      { problem: "forbidden", detail: "" },
      { problem: "unreachable", detail: "the API server does not accept the login (401)" },
      { problem: "unreachable", detail: "the API server answered 500" },
    ]);
  });
});

describe("the reading of many long Secrets", () => {
  it("never fails as a whole: the namespace with the most bytes loses the longest ones", async () => {
    const text = (length: number): string => Buffer.alloc(length, "a").toString("base64");
    const server = createServer(({ url }, response) => {
      const data = { token: text(url?.includes("/greedy/") ? 900_000 : 300_000), other: text(100_000) };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const kubeconfig = kubeconfigOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const names = [...Array.from({ length: 60 }, () => "greedy"), "shop", "shop"];
      const secrets = names.map((namespace, i) => ({ namespace, name: `s${i}`, keys: ["token"] }));
      const readings = await readSecrets({ kubeconfig, secrets });
      assert.ok(JSON.stringify(readings).length < 40_000_000);
      assert.equal(readings.filter((one) => "problem" in one && one.problem === "tooLong").length, 33);
      assert.deepEqual(readings.slice(60), [{ data: { token: text(300_000) } }, { data: { token: text(300_000) } }]);
    } finally {
      server.close();
    }
  }).timeout("90s");
});

describe("credentials that are written in the configuration", () => {
  it("are listed by their places: not those of Secrets, not Outputs of a program, not other texts", () => {
    const { pipelines } = parse(
      basic("a", { value: "me" }, { value: "hunter2" }),
      basic("b", { value: "me" }, ref("creds", "password")),
      basic("c", { value: "me" }, { value: pulumi.secret("known later") }),
    );
    const header = (name: string): object => ({
      path: `metricPipelines[${name}].output.otlp.headers[x-tenant]`,
      header: "x-tenant",
    });
    const written = writtenCredentials(pipelines);
    assert.deepEqual(written, [
      { path: "metricPipelines[a].output.otlp.authentication.basic.password" },
      header("a"),
      header("b"),
      header("c"),
    ]);
    assert.doesNotMatch(JSON.stringify(written), /hunter2/);
  });

  it("are listed by the place of a prefix that no scheme has, wherever the value comes from", () => {
    const output = (prefix: string): object => ({
      otlp: { endpoint: { value: "a:4317" }, headers: [{ name: "x-key", prefix, ...ref("creds", "key") }] },
    });
    const { pipelines } = parse({ name: "a", output: output("hunter2") }, { name: "b", output: output("bearer") });
    assert.deepEqual(writtenCredentials(pipelines), [
      { path: "metricPipelines[a].output.otlp.headers[x-key].prefix", header: "x-key" },
    ]);
  });
});
