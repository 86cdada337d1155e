import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import {
  checkPipelineTexts,
  checkWhenKnown,
  outputValues,
  type Pipeline,
  type RawConfiguration,
} from "../../../components/settings";
import { PipelineConfigError } from "../../../components/config-error";
import { formatFinding } from "../../../components/schema";
import { errorLines, grpc, http, metric, now, parse, pem } from "./helpers";
import { valueOf } from "../helpers/pulumi";

const reference = (key: string) => ({ valueFrom: { secretKeyRef: { name: "a", namespace: "b", key } } });
const all = (value: (name: string) => object): RawConfiguration =>
  http({
    endpoint: value("endpoint"),
    authentication: { basic: { user: value("user"), password: value("password") } },
    headers: [{ name: "X-Tenant", ...value("header") }],
    tls: { ca: value("ca"), cert: value("cert"), key: value("key") },
  });
const only = (raw: RawConfiguration): Pipeline => parse(raw).pipelines[0]!;
const texts: Readonly<Record<string, string>> = {
  endpoint: "https://backend.example.com",
  user: "the user",
  password: "the password",
  header: "the header",
  ca: pem("root.pem"),
  cert: pem("client.pem"),
  key: pem("client.key"),
};

describe("Credentials", () => {
  it("are inside secret Outputs and nowhere else; an endpoint is in plain text", async () => {
    const pipeline = only(all((name) => ({ value: texts[name] })));
    const secrets = await Promise.all(
      outputValues(pipeline).map(async ({ field, value }) => [
        field,
        value.kind === "literal" && (await pulumi.isSecret(value.value)),
      ]),
    );
    assert.deepEqual(Object.fromEntries(secrets), {
      endpoint: false,
      "authentication.basic.user": true,
      "authentication.basic.password": true,
      "headers[0]": true,
      "tls.ca": true,
      "tls.cert": true,
      "tls.key": true,
    });
    const visible = JSON.stringify(pipeline, (key, value: unknown) => (key === "value" ? undefined : value));
    for (const [name, text] of Object.entries(texts)) assert.equal(visible.includes(text), name === "endpoint", name);
  });

  it("reach their Output exactly as they were given", async () => {
    const password = " pä$$w${env:HOME}\r\n{a: b} #'\"\t";
    const { authentication } = only(
      http({ authentication: { basic: { user: { value: "u" }, password: { value: password } } } }),
    ).output.otlp;
    assert.ok(authentication.basic?.password.kind === "literal");
    assert.equal(await valueOf(authentication.basic.password.value), password);
  });

  it("that are PEM get real line breaks", async () => {
    const { tls } = only(http({ tls: { ca: { value: pem("root.pem").replaceAll("\n", "\\n") } } })).output.otlp;
    assert.ok(tls.ca?.kind === "literal");
    assert.equal(await valueOf(tls.ca.value), pem("root.pem"));
  });

  it("from Secrets stay references", () => {
    assert.deepEqual(
      outputValues(only(all(reference))).map(({ field, path, value }) => [field, path, value]),
      [
        ["endpoint", "endpoint"],
        ["authentication.basic.user", "user"],
        ["authentication.basic.password", "password"],
        ["headers[0]", "header"],
        ["tls.ca", "ca"],
        ["tls.cert", "cert"],
        ["tls.key", "key"],
      ].map(([field, key]) => [
        field,
        `tracePipelines[0].output.otlp.${field}`,
        { kind: "secretKeyRef", name: "a", namespace: "b", key },
      ]),
    );
  });
});

describe("Texts that are known later", () => {
  it("are neither missing nor wrong while the configuration is read", () => {
    assert.deepEqual(errorLines(all((name) => ({ value: pulumi.output(texts[name]) }))), []);
    assert.deepEqual(errorLines(all((name) => ({ value: Promise.resolve(texts[name]) }))), []);
    assert.deepEqual(errorLines(all(() => ({ value: pulumi.output(pulumi.unknown) }))), []);
    assert.deepEqual(errorLines(all(reference)), []);
  });

  it("do not hide known faults next to them", () => {
    const later = { value: pulumi.output(pulumi.unknown) };
    assert.deepEqual(errorLines(grpc({ endpoint: later, path: "/a", tls: { ca: later, cert: { value: "x" } } })), [
      "tracePipelines[0].output.otlp.tls: has `cert` without `key`. Add `key`, or remove `cert`.",
      "tracePipelines[0].output.otlp.path: is only for `protocol: http`. Remove it, or set `protocol: http`.",
      "tracePipelines[0].output.otlp.tls.cert: has no certificate in it. Give it as PEM, starting with -----BEGIN CERTIFICATE-----.",
    ]);
  });

  it("become secret, and an endpoint only if it was secret", async () => {
    const { endpoint, headers } = only(
      http({ endpoint: { value: pulumi.output("https://a") }, headers: [{ name: "A", value: pulumi.output("b") }] }),
    ).output.otlp;
    assert.ok(endpoint.kind === "literal" && headers[0]?.value.kind === "literal");
    assert.equal(await pulumi.isSecret(endpoint.value), false);
    assert.equal("plain" in endpoint, false);
    assert.equal(await pulumi.isSecret(headers[0].value.value), true);
  });

  it("that are not text bring an error with the path of the value", async () => {
    const { headers } = only(http({ headers: [{ name: "A", value: pulumi.output(5) }] })).output.otlp;
    const { value } = headers[0]!;
    assert.ok(value.kind === "literal");
    const { value: text } = value;
    // The engine waits for `promise`; a failed `apply` shows nowhere else.
    const waitFor = (text as unknown as { promise(): Promise<unknown> }).promise();
    await assert.rejects(
      waitFor,
      new PipelineConfigError([
        {
          severity: "error",
          path: "tracePipelines[0].output.otlp.headers[0]",
          problem: "is not text",
          remedy: "Give a string, or an Output of one",
        },
      ]),
    );
  });
});

describe("Checks of texts that were not known before", () => {
  const linesOf = async (raw: RawConfiguration, secrets: Readonly<Record<string, string>>): Promise<string[]> => {
    const findings = checkWhenKnown(parse(raw), ({ key }) => secrets[key] ?? "", now);
    return (await Promise.all(findings.map((finding) => valueOf(finding)))).flat().map(formatFinding);
  };

  it("find nothing without a fault", async () => {
    assert.deepEqual(await linesOf(all(reference), texts), []);
  });

  it("find all faults that a literal text would have", async () => {
    const wrong = {
      ...texts,
      endpoint: "backend\n",
      user: "a:b",
      password: "",
      header: "x\n",
      cert: pem("rsa-client.pem"),
    };
    const lines = [
      "tracePipelines[0].output.otlp.endpoint: has white space at its start or end. Remove it; in a Secret it is often a line break that `echo` added.",
      "tracePipelines[0].output.otlp.endpoint: has no scheme. Write it with https:// (or http:// for no TLS) in front.",
      "tracePipelines[0].output.otlp.authentication.basic.user: has a `:` in it, where basic authentication ends the name. Use a name without it.",
      "tracePipelines[0].output.otlp.authentication.basic.password: is empty. Give a value.",
      "tracePipelines[0].output.otlp.headers[0]: ends in a line break, which a header cannot have. Remove it; in a Secret it is often one that `echo` added.",
      "tracePipelines[0].output.otlp.tls.key: does not belong to `cert`. Give the private key that the certificate was made for.",
    ];
    assert.deepEqual(await linesOf(all(reference), wrong), lines);
    assert.deepEqual(
      await linesOf(
        all((name) => ({ value: pulumi.output(wrong[name as keyof typeof wrong]) })),
        {},
      ),
      lines,
    );
    assert.deepEqual(errorLines(all((name) => ({ value: wrong[name as keyof typeof wrong] }))), lines);
  });

  it("compare a literal certificate with a key from a Secret", async () => {
    const raw = http({ tls: { cert: { value: pem("client.pem") }, key: reference("key") } });
    assert.deepEqual(await linesOf(raw, { key: pem("rsa-client.key").replaceAll("\n", "\\n") }), [
      "tracePipelines[0].output.otlp.tls.key: does not belong to `cert`. Give the private key that the certificate was made for.",
    ]);
  });

  it("find a prefix that the text has already", async () => {
    const header = (value: object) => http({ headers: [{ name: "Authorization", prefix: "Bearer", ...value }] });
    for (const value of [reference("header"), { value: pulumi.output("bearer x") }])
      assert.deepEqual(await linesOf(header(value), { header: "bearer x" }), [
        "tracePipelines[0].output.otlp.headers[0].prefix: is also the start of the value, so it is sent twice. Remove one of them.",
      ]);
    // This fault was reported when the configuration was read.
    assert.deepEqual(await linesOf(header({ value: "bearer x" }), {}), []);
  });

  it("do not repeat faults that were reported while the configuration was read", async () => {
    const raw = http({ endpoint: { value: "http://localhost" }, headers: [{ name: "A", ...reference("header") }] });
    assert.equal(parse(raw).warnings.length, 1);
    assert.deepEqual(await linesOf(raw, texts), []);
  });

  it("report once that a password is sent unencrypted, although `tls.insecure` and the endpoint both turn TLS off", async () => {
    const basic = { user: { value: "u" }, password: reference("password") };
    const raw = (endpoint: object) =>
      http({ endpoint, authentication: { basic }, tls: { insecure: true }, headers: [{ name: "A", value: "a" }] });
    for (const endpoint of [{ value: "http://backend:4318" }, reference("endpoint")]) {
      assert.deepEqual(parse(raw(endpoint)).warnings.map(formatFinding), [
        "tracePipelines[0].output.otlp.authentication.basic: is sent unencrypted, because `tls.insecure` is true. Use TLS, if the backend has it.",
      ]);
      assert.deepEqual(await linesOf(raw(endpoint), { ...texts, endpoint: "http://backend:4318" }), []);
    }
    const secure = http({ endpoint: reference("endpoint"), authentication: { basic } });
    assert.deepEqual(await linesOf(secure, { ...texts, endpoint: "http://backend:4318" }), [
      "tracePipelines[0].output.otlp.authentication.basic: is sent unencrypted, because the endpoint starts with http://. Use TLS, if the backend has it.",
    ]);
  });

  it("refuse an endpoint that turns TLS off where the collector's configuration cannot see it", async () => {
    assert.deepEqual(await linesOf(grpc({ endpoint: reference("endpoint") }), { endpoint: "http://backend:4317" }), [
      "tracePipelines[0].output.otlp.endpoint: starts with http:// in a Secret or an Output. Set `tls.insecure: true` as well.",
    ]);
    const insecure = grpc({ endpoint: reference("endpoint"), tls: { insecure: true } });
    assert.deepEqual(await linesOf(insecure, { endpoint: "http://backend:4317" }), []);
    assert.deepEqual(await linesOf(http({ endpoint: reference("endpoint") }), { endpoint: "http://backend" }), []);
    assert.deepEqual(await linesOf(grpc({ endpoint: { value: "http://backend:4317" } }), {}), []);
  });

  it("name the file of a manifest and the place in it", async () => {
    const manifest = `{
      apiVersion: telemetry.kyma-project.io/v1beta1, kind: TracePipeline, metadata: { name: a },
      spec: { output: { otlp: { endpoint: { valueFrom: { secretKeyRef: { name: a, namespace: b, key: c } } } } } }
    }`;
    const parsed = parse({ pipelineFiles: ["shop.yaml"] }, { readFile: () => manifest });
    const [findings] = checkWhenKnown(parsed, () => "backend", now);
    assert.deepEqual((await valueOf(findings!)).map(formatFinding), [
      "shop.yaml#1:spec.output.otlp.endpoint: has no port, which gRPC needs. Add it, such as backend.example.com:4317.",
    ]);
  });

  it("hold nothing secret, so they can be shown", async () => {
    const [findings] = checkWhenKnown(parse(all(reference)), ({ key }) => pulumi.secret(texts[key] ?? ""), now);
    assert.equal(await pulumi.isSecret(findings!), false);
  });

  it("wait in their own pipeline only, when a text is unknown in a preview", async () => {
    const otlp = (value: unknown) => ({ output: { otlp: { endpoint: { value } } } });
    const parsed = parse({
      tracePipelines: [
        metric({ name: "a", ...otlp(pulumi.output(pulumi.unknown)) }),
        metric({ name: "b", ...otlp(pulumi.output("x")) }),
      ],
    });
    const known = checkWhenKnown(parsed, () => "", now).map(
      (finding) => (finding as unknown as { isKnown: Promise<boolean> }).isKnown,
    );
    assert.deepEqual(await Promise.all(known), [false, true]);
  });

  it("work on any subset of the texts", () => {
    const pipeline = only(all(reference));
    assert.deepEqual(checkPipelineTexts(pipeline, new Map(), now), []);
    assert.deepEqual(checkPipelineTexts(pipeline, new Map([["tls.ca", ""]]), now).map(formatFinding), [
      "tracePipelines[0].output.otlp.tls.ca: is empty. Give a certificate as PEM.",
    ]);
  });
});

describe("The error", () => {
  it("has all faults, one line for each, and no stack for Pulumi to print", () => {
    const raw = { ...grpc({ endpoint: { value: "backend" } }), logPipelines: [{ name: "b" }] };
    assert.throws(
      () => parse(raw),
      (thrown: unknown) => {
        assert.ok(thrown instanceof PipelineConfigError && pulumi.RunError.isInstance(thrown));
        assert.equal(
          thrown.message,
          [
            "Invalid pipeline configuration (2 problems)",
            "  logPipelines[0].output: is missing. For example: { otlp: { endpoint: { value: https://backend.example.com:4317 } } }.",
            "  tracePipelines[0].output.otlp.endpoint: has no port, which gRPC needs. Add it, such as backend.example.com:4317.",
          ].join("\n"),
        );
        return true;
      },
    );
  });

  it("shows no value, not even when it is inspected", () => {
    try {
      parse(all(() => ({ value: "hunter2 hunter2" })));
      assert.fail("must throw");
    } catch (thrown) {
      assert.ok(thrown instanceof PipelineConfigError);
      assert.equal(inspect(thrown, { depth: 10, showHidden: true }).includes("hunter2"), false);
    }
  });
});
