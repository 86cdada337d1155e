import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { isNameOutside, nameOutside } from "../../../components/plan";
import type { ReadSecrets } from "../../../components/credentials";
import { error } from "../../../components/schema";
import { condition, type ReasonOf } from "../../../components/verification";
import { refusal, refusalsOf } from "../../../manager/pipeline-objects";
import { changedConditions } from "../../../manager/report/condition-changes";
import { shortened } from "../../../manager/report/events";
import { objectConditions } from "../../../manager/report/object-status";
import { objectHash } from "../../../manager/watch/drift-watch";
import { pipelineKinds } from "../../../manager/kinds";
import { objectFile } from "../../../manager/watch/watch-objects";
import { contentHash } from "../../../manager/watch/watch-secrets";

const [metric] = pipelineKinds;
const found = (name: string, spec: object, status?: object) => ({
  kind: metric,
  object: { metadata: { name, generation: 3 }, spec, ...(status && { status }) },
});
const output = (endpoint: object, more: object = {}) => ({ output: { otlp: { endpoint, ...more } } });
const now = new Date("2026-05-01T00:00:00Z");
const noSecrets = () => [{ problem: "missing", detail: "" } as const];

describe("pipelines that are objects", () => {
  it("are manifests whose file names name the object", () => {
    const { path, text } = objectFile(found("shop", { a: 1 }));
    assert.equal(path, "MetricPipeline/shop");
    assert.equal(
      text,
      stringify({
        apiVersion: "telemetry.kyma-project.io/v1beta1",
        kind: "MetricPipeline",
        metadata: { name: "shop" },
        spec: { a: 1 },
      }),
    );
  });

  it("are refused with the reason that Kyma, which defines their kinds, would give", () => {
    const good = { value: "https://a.example.com:4317" };
    const reason = (spec: object) => refusal(objectFile(found("a", spec)), noSecrets, now)?.reason;
    assert.equal(reason(output(good)), undefined);
    assert.equal(reason(output({ value: "backend" })), "EndpointInvalid");
    const secret = { valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } };
    assert.equal(reason(output(secret)), "ReferencedSecretMissing");
    assert.equal(reason(output(good, { tls: { cert: { value: "x" } } })), "TLSConfigurationInvalid");
    assert.equal(reason({ ...output(good), filter: [{ conditions: ["1 == 1"] }] }), "OTTLSpecInvalid");
    assert.equal(reason({ ...output(good), inputt: {} }), "ValidationFailed");
    const runtime = { enabled: true, additionalMetrics: ["nothing"] };
    assert.equal(reason({ ...output(good), input: { runtime } }), "RuntimeAdditionalMetricInvalid");
    const ca = { value: readFileSync(`${__dirname}/../settings/certificates/root.pem`, "utf8") };
    const later = refusal(objectFile(found("a", output(good, { tls: { ca } }))), noSecrets, new Date("2300-01-01"));
    assert.equal(later?.reason, "TLSCertificateExpired");
  });

  it("are refused for their own faults, whatever their names are", () => {
    const wrong = { input: { prometheus: { enabled: "yes" } }, ...output({ value: "https://a.example.com:4317" }) };
    for (const name of ["shop", "expired-orders", "a.filter", "shop.endpoint", "shop.tls"]) {
      assert.equal(refusal(objectFile(found(name, wrong)), noSecrets, now)?.reason, "ValidationFailed", name);
    }
  });

  it("are refused with all faults together, including those of the Secrets they refer to", () => {
    const secret = { valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } };
    const message = (read: ReadSecrets) =>
      refusal(objectFile(found("a", { ...output(secret), inputt: {} })), read, now)?.message;
    assert.match(
      message(noSecrets) ?? "",
      /spec\.inputt: [^]*\n.*endpoint\S*: refers to the key c of Secret a in namespace b/,
    );
    const unfit = { data: { c: Buffer.from("backend").toString("base64") } };
    assert.match(message(() => [unfit]) ?? "", /spec\.inputt: [^]*\n.*endpoint\S*: has no port/);
  });

  it("are refused after an update by the findings that are about them", () => {
    const findings = [
      error("MetricPipeline/a#1:spec.transform[0]", "is wrong", "Do better"),
      error("metricPipelines[0].name", "is there twice", "Rename it"),
    ];
    assert.deepEqual(
      [...refusalsOf(findings, ["MetricPipeline/a", "MetricPipeline/ab"])],
      [
        [
          "MetricPipeline/a",
          { reason: "OTTLSpecInvalid", message: "MetricPipeline/a#1:spec.transform[0]: is wrong. Do better." },
        ],
      ],
    );
    assert.equal(refusalsOf(findings, ["LogPipeline/a"]).size, 0);
  });

  it("have conditions that keep their time while they stay the same", () => {
    const condition = { type: "TelemetryFlowHealthy", status: "True", reason: "FlowHealthy", message: "m" } as const;
    const [first] = objectConditions(found("a", {}), [{ ...condition, since: "2026-04-01T00:00:00Z" }], undefined, now);
    assert.equal(first?.lastTransitionTime, "2026-04-01T00:00:00Z");
    assert.equal(first?.observedGeneration, 3);
    const later = found("a", {}, { conditions: [first] });
    const [same] = objectConditions(later, [{ ...condition, since: "2026-05-01T00:00:00Z" }], undefined, now);
    assert.equal(same?.lastTransitionTime, "2026-04-01T00:00:00Z");
    const refused = objectConditions(later, [], { reason: "EndpointInvalid", message: "x" }, now);
    assert.deepEqual(
      refused.map(({ type, status, reason, lastTransitionTime }) => [type, status, reason, lastTransitionTime]),
      [
        ["ConfigurationGenerated", "False", "EndpointInvalid", now.toISOString()],
        ["TelemetryFlowHealthy", "False", "ConfigurationNotGenerated", now.toISOString()],
      ],
    );
  });
});

describe("the reports of a manager", () => {
  const of = (reason: ReasonOf<"TelemetryFlowHealthy">) => [
    { pipeline: "a", healthy: true, conditions: [{ ...condition("TelemetryFlowHealthy", reason, ""), since: "" }] },
  ];

  it("are about changed conditions, and at first about bad ones", () => {
    assert.deepEqual(changedConditions([], of("FlowHealthy")), []);
    assert.equal(changedConditions([], of("GatewayThrottling")).length, 1);
    const before = of("FlowHealthy");
    assert.equal(changedConditions(before, of("GatewayThrottling")).length, 1);
    assert.equal(changedConditions(before, of("FlowHealthy")).length, 0);
  });

  it("fit into an event, whatever letters they have", () => {
    assert.equal(shortened("short"), "short");
    const long = shortened("ü".repeat(2000));
    assert.ok(Buffer.byteLength(long) <= 1024);
    assert.match(long, /^ü+…$/);
  });
});

describe("a change of an object", () => {
  const object = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "a", labels: { x: "y" }, annotations: { own: "1" }, resourceVersion: "1", generation: 1 },
    spec: { a: { b: 1, c: 2 } },
    status: { numberReady: 1 },
  };

  it("is not a field that the cluster itself writes, nor the order of fields", () => {
    const later = {
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { "deprecated.daemonset.template.generation": "2", own: "1" },
        resourceVersion: "9",
        generation: 2,
        managedFields: [],
      },
      spec: { a: { c: 2, b: 1 } },
      status: { numberReady: 0 },
    };
    assert.equal(objectHash(later), objectHash(object));
  });

  it("is another specification, label or annotation", () => {
    assert.notEqual(objectHash({ ...object, ...{ spec: { a: 1 } } }), objectHash(object));
    for (const change of [{ labels: {} }, { annotations: {} }]) {
      const other = { ...object, metadata: { ...object.metadata, ...change } };
      assert.notEqual(objectHash(other), objectHash(object));
    }
  });

  it("is other content of a Secret, and not other metadata", () => {
    const secret = { metadata: { name: "a", resourceVersion: "1" }, data: { a: "MQ==", b: "Mg==" } };
    const touched = { metadata: { name: "a", resourceVersion: "2" }, data: { b: "Mg==", a: "MQ==" } };
    assert.equal(contentHash(secret), contentHash(touched));
    assert.notEqual(contentHash(secret), contentHash({ ...secret, data: { a: "MQ==" } }));
    assert.notEqual(contentHash({ binaryData: { a: "MA==" } }), contentHash({ binaryData: { a: "MQ==" } }));
    assert.equal(contentHash(undefined), "missing");
  });
});

describe("objects outside of namespaces", () => {
  it("belong to the stack whose namespace is in their name, or else to that of the usual namespace", () => {
    for (const [namespace, other] of [
      ["telemetry", "staging"],
      ["staging", "telemetry"],
      ["ing", "stag"],
    ] as const) {
      const name = nameOutside(namespace, "telemetry-otlp-gateway");
      assert.equal(isNameOutside(namespace, name), true);
      assert.equal(isNameOutside(other, name), false);
    }
  });
});
