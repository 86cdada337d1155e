import assert from "node:assert/strict";
import { enrichment } from "../../../components/collector/enrichment";
import { gatewayConfig } from "../../../components/plan/gateway-config";
import type { EnrichmentModel } from "../../../components/collector/model";
import { gateway, pipeline } from "../helpers/models";

type Attributes = Readonly<Record<string, string>>;

const model: EnrichmentModel = { podLabels: [], service: true };

interface Extract {
  readonly metadata: readonly string[];
  readonly labels: readonly { readonly tag_name: string; readonly key_regex?: string }[];
  readonly annotations?: readonly { readonly tag_name: string; readonly key: string }[];
  readonly otel_annotations?: boolean;
}

const ids = (...args: Parameters<typeof enrichment>): string[] => enrichment(...args).map(({ id }) => id);

const configOf = (id: string, ...args: Parameters<typeof enrichment>): unknown =>
  enrichment(...args).find((component) => component.id === id)?.config;

const extractOf = (change: Partial<EnrichmentModel>): Extract =>
  (configOf("k8s_attributes/enrich-logs", "logs", { ...model, ...change }) as { extract: Extract }).extract;

describe("the labels of pods", () => {
  /** As the collector does it: without a group in the pattern, there would be a name of its own. */
  const attributes = (podLabels: EnrichmentModel["podLabels"], labels: readonly string[]): string[] =>
    extractOf({ podLabels }).labels.flatMap(({ tag_name: name, key_regex: pattern }) => {
      if (pattern === undefined) return [];
      const regex = new RegExp(pattern.replaceAll("$$", "$"));
      assert.ok((new RegExp(`${regex.source}|`).exec("")?.length ?? 0) > 1, `${pattern} has no group`);
      return labels.flatMap((label) => {
        const found = regex.exec(label);
        return found ? [name.replace("$$0", found[0])] : [];
      });
    });

  it("become attributes by their keys, each with the key that was asked for or those that start so", () => {
    const labels = ["team", "teams", "a-team", "app.kubernetes.io/name", "appXkubernetes.io/name"];
    assert.deepEqual(attributes([{ key: "team" }], labels), ["k8s.pod.label.team"]);
    assert.deepEqual(attributes([{ keyPrefix: "app.kubernetes.io/" }], labels), [
      "k8s.pod.label.app.kubernetes.io/name",
    ]);
    assert.deepEqual(attributes([{ keyPrefix: "team" }], labels), ["k8s.pod.label.team", "k8s.pod.label.teams"]);
  });
});

describe("the service that data is of", () => {
  /** What an enrichment makes of a resource when the collector finds this pod, or none. */
  function enriched(sent: Attributes, pod?: { found?: Attributes; annotations?: Attributes }): Attributes {
    const attributes = new Map(Object.entries(sent));
    run(statementsOf("sent-service"), attributes);
    if (pod) {
      const annotations = extractOf({}).annotations ?? [];
      const all = [
        ...Object.entries(pod.found ?? {}),
        ...annotations.flatMap(({ tag_name: name, key }): [string, string][] => {
          const value = pod.annotations?.[key];
          return value === undefined ? [] : [[name, value]];
        }),
      ];
      for (const [key, value] of all) if (!attributes.get(key)) attributes.set(key, value);
    }
    run(statementsOf("enrich"), attributes);
    return Object.fromEntries(attributes);
  }

  const name = (value: string): Attributes => ({ "service.name": value });
  const version = (value: string): Attributes => ({ "service.version": value });
  const found = { ...name("label"), ...version("1-label") };
  const annotations = {
    "resource.opentelemetry.io/service.name": "annotation",
    "resource.opentelemetry.io/service.version": "2-annotation",
  };
  const annotated = { ...name("annotation"), ...version("2-annotation") };
  const own = { ...name("own"), ...version("3-own") };
  const injected = Object.fromEntries(
    ["name", "version", "sent-name"].map((key) => [`telemetry-pipelines.service.${key}`, "injected"]),
  );

  const table: [string, Attributes, Parameters<typeof enriched>[1], Attributes][] = [
    ["is the one that the sender names", own, { found, annotations }, own],
    ["is that of the pod's annotations where the sender names none", {}, { found, annotations }, annotated],
    ["is that of the annotations part by part", name("own"), { found, annotations }, { ...annotated, ...name("own") }],
    ["is what else is found where there are no annotations", {}, { found }, found],
    ["is what else is found where annotations are empty", {}, { found, annotations: emptied(annotations) }, found],
    ["is that of the annotations where the sender's is empty", emptied(own), { found, annotations }, annotated],
    ["is that of the annotations rather than unknown", name("unknown_service:java"), { found, annotations }, annotated],
    ["is what is found rather than unknown", name("unknown_service"), { found }, found],
    ["stays unknown where the pod is", name("unknown_service:java"), undefined, name("unknown_service:java")],
    ["stays what the sender says where the pod is unknown", own, undefined, own],
    ["stays open where nobody knows it", {}, undefined, {}],
    ["can't be given by what is there only during enrichment", injected, { found, annotations }, annotated],
    ["can't be given by that without annotations either", injected, { found }, found],
    ["can't be given by that for an unknown pod either", injected, undefined, {}],
    [
      "is not mistaken for unknown by a part of its name",
      name("unknown_services"),
      { found },
      { ...found, ...name("unknown_services") },
    ],
  ];
  for (const [behaviour, sent, pod, expected] of table) {
    it(behaviour, () => assert.deepEqual(enriched(sent, pod), expected));
  }

  it("is not what a proxy of the mesh calls itself", () => {
    const groups = (signal: "traces" | "logs"): unknown[] =>
      Object.values(configOf(`transform/sent-service-${signal}`, signal, model) as object).flat() as unknown[];
    assert.deepEqual(groups("traces")[1], {
      conditions: ['span.attributes["component"] == "proxy"'],
      statements: ['delete_matching_keys(resource.attributes, "^service[.]")'],
    });
    assert.equal(groups("logs").length, 2);
  });

  it("is left alone when it is not wanted", () => {
    assert.deepEqual(ids("logs", { ...model, service: false }), ["k8s_attributes/enrich-logs"]);
    const { metadata, annotations: extracted, otel_annotations: otel } = extractOf({ service: false });
    assert.deepEqual(
      [metadata.filter((key) => key.startsWith("service.")), extracted, otel],
      [[], undefined, undefined],
    );
  });

  it("is left alone where no pod is looked up", () => {
    assert.deepEqual(ids("metrics", model, "none"), []);
    assert.deepEqual(ids("metrics", { ...model, clusterName: "c" }, "none"), ["transform/enrich-metrics"]);
  });
});

describe("the time at which a log record was seen", () => {
  it("is set once, where nobody has said it", () => {
    const config = gatewayConfig(gateway([pipeline("logs", "a"), pipeline("logs", "b"), pipeline("metrics", "a")]));
    assert.deepEqual(config.processors["transform/observed-time-logs"], {
      error_mode: "ignore",
      log_statements: [{ statements: ["set(log.observed_time, Now()) where log.observed_time_unix_nano == 0"] }],
    });
    const users = Object.entries(config.service.pipelines).filter(([, { processors }]) =>
      processors.some((id) => id.startsWith("transform/observed-time")),
    );
    assert.deepEqual(
      users.map(([id]) => id),
      ["logs/intake"],
    );
  });
});

function emptied(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.keys(attributes).map((key) => [key, ""]));
}

function statementsOf(role: string): readonly string[] {
  const config = configOf(`transform/${role}-logs`, "logs", model) as {
    log_statements: readonly { statements: readonly string[] }[];
  };
  return config.log_statements.flatMap(({ statements }) => statements);
}

/** Does what the collector does with statements, as far as those of enrichment need it. */
function run(statements: readonly string[], attributes: Map<string, string>): void {
  for (const statement of statements) {
    const [action = "", condition] = statement.replace(/resource\.attributes\["([^"]+)"\]/g, "<$1>").split(" where ");
    if (condition !== undefined && !holds(condition, attributes)) continue;
    const [, target, source] = /^set\(<(.+)>, <(.+)>\)$/.exec(action) ?? [];
    const [, deleted] = /^delete_key\(resource\.attributes, "(.+)"\)$/.exec(action) ?? [];
    const value = attributes.get(source ?? "");
    if (target !== undefined) {
      if (value !== undefined) attributes.set(target, value);
    } else {
      assert.ok(deleted, statement);
      attributes.delete(deleted);
    }
  }
}

function holds(condition: string, attributes: ReadonlyMap<string, string>): boolean {
  const [, key = "", rest] = /^(?:IsMatch\()?<(.+?)>,? (.*)$/.exec(condition) ?? [];
  const value = attributes.get(key);
  if (rest === `!= ""`) return value !== "";
  if (rest === "== nil") return value === undefined;
  const [, pattern] = /^"(.*)"\)$/.exec(rest ?? "") ?? [];
  assert.ok(pattern, condition);
  return value !== undefined && new RegExp(pattern.replaceAll("$$", "$")).test(value);
}
