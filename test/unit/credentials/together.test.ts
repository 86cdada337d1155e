import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { referenceErrors, resolvePipelines, type ReadSecrets } from "../../../components/credentials";
import { PipelineConfigError } from "../../../components/config-error";
import { formatFinding } from "../../../components/schema";
import { parsePipelines } from "../../../components/settings";

const now = new Date("2026-06-01T00:00:00Z");
const ref = (name: string): object => ({ valueFrom: { secretKeyRef: { name, namespace: "shop", key: "k" } } });
const pipeline = (name: string, otlp: object): object => ({
  name,
  output: { otlp: { endpoint: { value: "https://backend.example.com:4317" }, ...otlp } },
});
const headers = (value: object): object => ({ headers: [{ name: "x-tenant", ...value }] });
const endpoint = (text: pulumi.Input<string>): object => ({ endpoint: { value: text } });
const notKnown = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
const nothing: ReadSecrets = (asked) => asked.map(() => ({ problem: "missing", detail: "" }));

/** The promise that the engine waits for. It shows whether an Output failed, also if the Output is not known. */
const settled = (output: pulumi.Output<unknown>): Promise<unknown> =>
  (output as unknown as { promise(): Promise<unknown> }).promise();
const isKnown = (output: pulumi.Output<unknown>): Promise<boolean> =>
  (output as unknown as { isKnown: Promise<boolean> }).isKnown;

function resolve(metricPipelines: object[]): ReturnType<typeof resolvePipelines> & { warned: string[] } {
  const warned: string[] = [];
  const parsed = parsePipelines({ metricPipelines }, { now });
  return { ...resolvePipelines(parsed, nothing, now, (text) => warned.push(text)), warned };
}

const noPort = (i: number): string =>
  `metricPipelines[${i}].output.otlp.endpoint: has no port, which gRPC needs. Add it, such as backend.example.com:4317.`;

async function linesOf(files: Readonly<Record<string, pulumi.Output<string>>>): Promise<string[]> {
  const [reason] = (await Promise.allSettled(Object.values(files).map(settled))).flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  assert.ok(reason instanceof PipelineConfigError);
  return reason.findings.map(formatFinding);
}

describe("Texts that a program knows later", () => {
  it("are reported as wrong, although those of another pipeline are not known in this preview", async () => {
    const { files } = resolve([
      pipeline("a", headers({ value: notKnown })),
      pipeline("b", endpoint(pulumi.output("b"))),
    ]);
    assert.deepEqual(await linesOf(files), [noPort(1)]);
  });

  it("are reported as wrong all together, in the order of their pipelines", async () => {
    const slow = new Promise<string>((done) => setTimeout(() => done("a"), 20));
    const { files } = resolve([
      pipeline("a", endpoint(slow)),
      pipeline("b", endpoint(notKnown)),
      pipeline("c", endpoint(pulumi.output("c"))),
    ]);
    assert.deepEqual(await linesOf(files), [noPort(0), noPort(2)]);
  });

  it("bring warnings although others are not known, and Outputs made from all of them stay unknown", async () => {
    const { files, lateWarnings, warned } = resolve([
      pipeline("a", headers({ value: notKnown })),
      pipeline("b", endpoint(pulumi.output("backend:4318"))),
    ]);
    assert.equal(await isKnown(lateWarnings), false);
    assert.deepEqual(await Promise.all(Object.values(files).map(isKnown)), [false, false]);
    for (const file of Object.values(files)) assert.equal(await pulumi.isSecret(file), true);
    assert.deepEqual(
      warned.map((line) => line.split(".")[0]),
      ["metricPipelines[1]"],
    );
  });
});

describe("Faults of the configuration", () => {
  const errors = (metricPipelines: unknown, read: ReadSecrets): string[] => {
    try {
      parsePipelines({ metricPipelines }, { now, whatElse: (pipelines) => referenceErrors(pipelines, read, now) });
    } catch (error) {
      assert.ok(error instanceof PipelineConfigError);
      return error.findings.map(formatFinding);
    }
    return assert.fail("must throw");
  };
  const missing = (i: number): string =>
    `metricPipelines[${i}].output.otlp.headers[0]: refers to the key k of Secret gone in namespace shop, which does not exist. Create the Secret or correct the reference.`;

  it("are reported together with faults of Secrets, in each pipeline that could be read", () => {
    const mistyped = pipeline("c", { ...headers(ref("gone")), protocoll: "http" });
    const all = [
      pipeline("a", { ...endpoint("a"), ...headers(ref("gone")) }),
      pipeline("b", headers(ref("gone"))),
      mistyped,
      { ...pipeline("D d", headers(ref("gone"))), inputt: {} },
      null,
    ];
    const lines = errors(all, nothing);
    assert.deepEqual(
      lines.map((line) => line.slice(0, line.indexOf(": "))),
      [
        "metricPipelines[2].output.otlp.protocoll",
        "metricPipelines[3].name",
        "metricPipelines[3].inputt",
        "metricPipelines[4]",
        "metricPipelines[0].output.otlp.endpoint",
        "metricPipelines[0].output.otlp.headers[0]",
        "metricPipelines[1].output.otlp.headers[0]",
        "metricPipelines[3].output.otlp.headers[0]",
      ],
    );
    for (const i of [0, 1, 3]) assert.ok(lines.includes(missing(i)));
  });

  it("are reported together with faults of texts in Secrets, and no line comes twice", () => {
    const unused = { ...endpoint("backend:4317"), tls: { insecure: true, ca: ref("creds") } };
    const empty: ReadSecrets = (asked) => asked.map(() => ({ data: { k: "" } }));
    assert.deepEqual(errors([pipeline("a", unused)], empty), [
      "metricPipelines[0].output.otlp.tls.ca: has no effect, because `tls.insecure` is true. Remove it, or remove `tls.insecure`.",
      "metricPipelines[0].output.otlp.tls.ca: is empty. Give a certificate as PEM.",
    ]);
  });

  it("are reported alone if the cluster does not answer", () => {
    const unreachable: ReadSecrets = (asked) => asked.map(() => ({ problem: "unreachable", detail: "no route" }));
    assert.deepEqual(errors([pipeline("a", { ...endpoint("a"), ...headers(ref("gone")) })], unreachable), [noPort(0)]);
  });
});

/* An error of an Output reaches the user as `error serializing property …`, with warnings of Node around it. */
describe("Credentials that are too long together", () => {
  const long = Buffer.from("x".repeat(600_000)).toString("base64");
  const line = (bytes: number, total: number): string =>
    `Invalid pipeline configuration (1 problem)\n  metricPipelines[0].output.otlp.headers[0]: is ${bytes} bytes long, the credentials of all pipelines together ${total}, and a Secret holds 1048576. Shorten it, or serve some of the pipelines by another stack.`;

  it("are reported before any Output is known: of Secrets, and written in a file", () => {
    const read: ReadSecrets = (asked) => asked.map(() => ({ data: { k: long } }));
    const two = parsePipelines(
      { metricPipelines: [pipeline("a", headers(ref("a"))), pipeline("b", headers(ref("b")))] },
      { now },
    );
    assert.throws(() => resolvePipelines(two, read, now, () => undefined), { message: line(600_000, 1_200_000) });
    const written = parsePipelines(
      { metricPipelines: [pipeline("a", headers({ value: "x".repeat(1_100_000) }))] },
      { now },
    );
    assert.throws(() => resolvePipelines(written, nothing, now, () => undefined), {
      message: line(1_100_000, 1_100_000),
    });
  });
});
