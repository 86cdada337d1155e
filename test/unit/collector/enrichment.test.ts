import assert from "node:assert/strict";
import { enrichment } from "../../../components/collector/enrichment";
import { gatewayConfig } from "../../../components/plan/gateway-config";
import type { EnrichmentModel } from "../../../components/collector/model";
import { gateway, pipeline } from "../helpers/models";

type Attributes = Readonly<Record<string, string>>;

const model: EnrichmentModel = { podLabels: [], service: true };

interface Extract {
  readonly metadata: readonly string[];
  readonly labels: readonly { readonly tag_name: string; readonly key?: string; readonly key_regex?: string }[];
  readonly annotations?: readonly { readonly tag_name: string; readonly key?: string; readonly key_regex?: string }[];
}

const ids = (...args: Parameters<typeof enrichment>): string[] => enrichment(...args).map(({ id }) => id);

const configOf = (id: string, ...args: Parameters<typeof enrichment>): unknown =>
  enrichment(...args).find((component) => component.id === id)?.config;

const extractOf = (change: Partial<EnrichmentModel>): Extract =>
  (configOf("k8s_attributes/enrich-logs", "logs", { ...model, ...change }) as { extract: Extract }).extract;

describe("the labels of pods", () => {
  /** Names attributes as the collector does. A pattern must have a group, or else all attributes get one name. */
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

  it("become attributes by their keys, selected by a whole key or by the start of keys", () => {
    const labels = ["team", "teams", "a-team", "app.kubernetes.io/name", "appXkubernetes.io/name"];
    assert.deepEqual(attributes([{ key: "team" }], labels), ["k8s.pod.label.team"]);
    assert.deepEqual(attributes([{ keyPrefix: "app.kubernetes.io/" }], labels), [
      "k8s.pod.label.app.kubernetes.io/name",
    ]);
    assert.deepEqual(attributes([{ keyPrefix: "team" }], labels), ["k8s.pod.label.team", "k8s.pod.label.teams"]);
  });
});

describe("the annotations of pods", () => {
  const prefix = "resource.opentelemetry.io/";
  const attributes = (annotations: readonly string[]): string[] =>
    (extractOf({}).annotations ?? []).flatMap(({ tag_name: name, key_regex: pattern }) => {
      if (pattern === undefined) return [];
      // The collector has the same boundaries around a pattern.
      const regex = new RegExp(`^(?:${pattern.replaceAll("$$", "$")})$`);
      return annotations.flatMap((annotation) => {
        const found = regex.exec(annotation);
        return found ? [name.replace("$$1", found[1] ?? "")] : [];
      });
    });

  it("become attributes by the rest of their names", () => {
    const names = [
      "service.name",
      "team",
      "k",
      "k8",
      "k8s",
      "k8sx",
      "k9.team",
      "kube.team",
      "t",
      "tel",
      "telemetr",
      "a-b_c.D",
    ];
    assert.deepEqual(attributes(names.map((name) => prefix + name)), names);
  });

  it("cannot replace where data comes from, nor make a mark of this project", () => {
    const names = [
      "k8s.",
      "k8s.namespace.name",
      "k8s.pod.uid",
      "telemetry-pipelines.input",
      "telemetry.canary.pipeline",
    ];
    assert.deepEqual(attributes(names.map((name) => prefix + name)), []);
  });

  it("have no effect with another prefix, or without a name", () => {
    const others = [prefix, "resourceXopentelemetry.io/team", "x.resource.opentelemetry.io/team", "team"];
    assert.deepEqual(attributes(others), []);
  });
});

describe("the service of data", () => {
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
    ["name", "version", "sent-name", "open-version"].map((key) => [
      `telemetry-pipelines.enrichment.service.${key}`,
      "injected",
    ]),
  );

  const table: [string, Attributes, Parameters<typeof enriched>[1], Attributes][] = [
    ["is the service that the sender names", own, { found, annotations }, own],
    ["comes from the pod's annotations where the sender names none", {}, { found, annotations }, annotated],
    ["comes from the annotations part by part", name("own"), { found, annotations }, { ...annotated, ...name("own") }],
    ["comes from other metadata where the pod has no annotations", {}, { found }, found],
    ["comes from other metadata where annotations are empty", {}, { found, annotations: emptied(annotations) }, found],
    ["comes from the annotations where the sender's name is empty", emptied(own), { found, annotations }, annotated],
    [
      "comes from the annotations rather than staying unknown",
      name("unknown_service:java"),
      { found, annotations },
      annotated,
    ],
    ["comes from other metadata rather than staying unknown", name("unknown_service"), { found }, found],
    ["stays unknown where the pod is unknown", name("unknown_service:java"), undefined, name("unknown_service:java")],
    ["stays as the sender names it where the pod is unknown", own, undefined, own],
    ["stays empty where nothing names it", {}, undefined, {}],
    ["cannot be set through attributes that exist only during enrichment", injected, { found, annotations }, annotated],
    ["cannot be set through them without annotations either", injected, { found }, found],
    ["cannot be set through them for an unknown pod either", injected, undefined, {}],
    [
      "is not treated as unknown by a part of its name",
      name("unknown_services"),
      { found },
      { ...found, ...name("unknown_services") },
    ],
  ];
  for (const [behaviour, sent, pod, expected] of table) {
    it(behaviour, () => assert.deepEqual(enriched(sent, pod), expected));
  }

  it("is not the name that a proxy of the mesh has for itself", () => {
    const groups = (signal: "traces" | "logs"): unknown[] =>
      Object.values(configOf(`transform/sent-${signal}`, signal, model) as object).flat() as unknown[];
    const ofProxies = {
      conditions: ['span.attributes["component"] == "proxy"'],
      statements: ['delete_matching_keys(resource.attributes, "^service[.]")'],
    };
    assert.deepEqual(groups("traces")[1], ofProxies);
    assert.equal(groups("logs").length, groups("traces").length - 1);
  });

  it("is left alone if the enrichment is off", () => {
    const statements = JSON.stringify(enrichment("logs", { ...model, service: false }));
    assert.doesNotMatch(statements, /service[.](name|version|sent-name|open-version)/);
    const { metadata, annotations: extracted } = extractOf({ service: false });
    assert.deepEqual([metadata.filter((key) => key.startsWith("service.")), extracted], [[], undefined]);
  });

  it("is left alone if no pod is looked up", () => {
    assert.deepEqual(ids("metrics", model, { pods: "none" }), ["transform/enrich-metrics"]);
    assert.deepEqual(ids("metrics", { ...model, clusterName: "c" }, { pods: "none" }), ["transform/enrich-metrics"]);
  });
});

describe("the workload of data", () => {
  const ofReplicaSet = (replicaSet: string, labels: Attributes): Parameters<typeof enriched>[1] => ({
    found: { "k8s.replicaset.name": replicaSet, "service.name": replicaSet },
    labels,
  });
  const hash = (value: string): Attributes => ({ "pod-template-hash": value });
  const deployment = (name: string, service = name): Attributes => ({
    "k8s.deployment.name": name,
    "service.name": service,
  });

  const table: [string, Attributes, Parameters<typeof enriched>[1], Attributes][] = [
    ...["9", "9dbdfc456", "6d4cf56db6"].map((one): [string, Attributes, Parameters<typeof enriched>[1], Attributes] => [
      `is a Deployment with a hash of ${one.length} characters`,
      {},
      ofReplicaSet(`web-${one}`, hash(one)),
      deployment("web"),
    ]),
    [
      "is a Deployment whose name ends like a hash",
      {},
      ofReplicaSet("web-6d4cf56db6-9dbdfc456", hash("9dbdfc456")),
      deployment("web-6d4cf56db6"),
    ],
    ["is a bare ReplicaSet", {}, ofReplicaSet("batch-processing", {}), { "service.name": "batch-processing" }],
    [
      "is a bare ReplicaSet with a label of something else",
      {},
      ofReplicaSet("batch-processing", hash("9dbdfc456")),
      { "service.name": "batch-processing" },
    ],
    [
      "is a Rollout of Argo, which is not a Deployment",
      {},
      ofReplicaSet("web-9dbdfc456", { "rollouts-pod-template-hash": "9dbdfc456" }),
      { "service.name": "web" },
    ],
    [
      "is the Deployment that the sender names",
      { "k8s.deployment.name": "mine" },
      ofReplicaSet("web-9dbdfc456", hash("9dbdfc456")),
      deployment("mine", "web"),
    ],
    [
      "keeps the ReplicaSet that the sender names, which may differ from the pod's",
      { "k8s.replicaset.name": "mine-9dbdfc456" },
      ofReplicaSet("web-9dbdfc456", hash("9dbdfc456")),
      { ...deployment("web"), "k8s.replicaset.name": "mine-9dbdfc456" },
    ],
    [
      "does not change the service that the sender names like its ReplicaSet",
      { "service.name": "web-9dbdfc456" },
      ofReplicaSet("web-9dbdfc456", hash("9dbdfc456")),
      deployment("web", "web-9dbdfc456"),
    ],
    ...(
      [
        ["backup-29384756", "backup", true],
        ["migrate-42", "migrate", false],
        ["import-20261128", "import", false],
      ] as const
    ).map(([job, cronJob, is]): [string, Attributes, Parameters<typeof enriched>[1], Attributes] => [
      `is ${is ? "a CronJob" : "a Job alone"} where the Job is ${job}`,
      {},
      { found: { "k8s.job.name": job, "k8s.cronjob.name": cronJob, "service.name": cronJob } },
      {
        "k8s.job.name": job,
        "service.name": is ? cronJob : job,
        ...(is && { "k8s.cronjob.name": cronJob }),
      },
    ]),
    [
      "cannot be set through attributes that exist only during enrichment",
      {
        "telemetry-pipelines.enrichment.template-hash": "456",
        "telemetry-pipelines.enrichment.replicaset.name": "injected",
      },
      ofReplicaSet("web-9dbdfc-456", {}),
      { "service.name": "web-9dbdfc-456" },
    ],
  ];
  for (const [behaviour, sent, pod, expected] of table) {
    it(behaviour, () => assert.deepEqual(enriched(sent, pod), expected));
  }
});

describe("the address of a pod", () => {
  it("is not looked up where it is the node's, which all pods on the node's network share", () => {
    for (const address of nodeAddresses.split(",")) {
      const sent = { "k8s.pod.ip": address };
      assert.deepEqual(enriched(sent, { byAddress: { "k8s.namespace.name": "other" } }), sent);
    }
  });

  it("is looked up where it is the pod's", () => {
    const sent = { "k8s.pod.ip": "10.0.0.10" };
    const found = { "k8s.namespace.name": "own" };
    assert.deepEqual(enriched(sent, { byAddress: found }), { ...sent, ...found });
  });
});

describe("the cluster of data", () => {
  after(() => (clusterUid = ""));

  it("is named for all data, also of an unknown pod, unless the sender names one", () => {
    clusterUid = "uid";
    assert.deepEqual(enriched({}), { "k8s.cluster.uid": "uid" });
    assert.deepEqual(enriched({ "k8s.cluster.uid": "" }), { "k8s.cluster.uid": "uid" });
    assert.deepEqual(enriched({ "k8s.cluster.uid": "sent" }), { "k8s.cluster.uid": "sent" });
    for (const pods of ["node", "cluster", "none"] as const) {
      const config = JSON.stringify(configOf("transform/enrich-metrics", "metrics", model, { pods })) ?? "";
      assert.ok(config.includes("k8s.cluster.uid"), `without look-up of senders: ${pods}`);
    }
  });

  it("stays empty where the program could not read it", () => {
    clusterUid = "";
    assert.deepEqual(enriched({}), {});
  });
});

describe("the look-up of pods", () => {
  it("holds data back until it is ready, except in a collector that must listen to an election", () => {
    const waits = (pods: "node" | "cluster"): unknown =>
      (configOf("k8s_attributes/enrich-metrics", "metrics", model, { pods }) as { wait_for_metadata?: boolean })
        .wait_for_metadata;
    assert.deepEqual([waits("node"), waits("cluster")], [true, undefined]);
  });
});

describe("the time at which a log record was seen", () => {
  it("is set once, where the sender has not set it", () => {
    const config = gatewayConfig(gateway([pipeline("logs", "a"), pipeline("logs", "b"), pipeline("metrics", "a")]));
    const observed = { statements: ["set(log.observed_time, Now()) where log.observed_time_unix_nano == 0"] };
    const users = Object.entries(config.processors).filter(([, settings]) =>
      JSON.stringify(settings).includes("observed_time"),
    );
    assert.deepEqual(
      users.map(([id, settings]) => [id, (settings as { log_statements: readonly Group[] }).log_statements[0]]),
      [["transform/sent-logs", observed]],
    );
    const intakes = Object.entries(config.service.pipelines).filter(([, { processors }]) =>
      processors.includes("transform/sent-logs"),
    );
    assert.deepEqual(
      intakes.map(([id]) => id),
      ["logs/intake"],
    );
  });
});

interface LookUp {
  /** Set by the look-up. */
  readonly found?: Attributes;
  /** Set by the look-up if it gets an address. */
  readonly byAddress?: Attributes;
  readonly annotations?: Attributes;
  readonly labels?: Attributes;
}

/** Returns the attributes of a resource after enrichment, if the collector finds this pod, or none. */
function enriched(sent: Attributes, pod?: LookUp): Attributes {
  const attributes = new Map(Object.entries(sent));
  run(groupsOf("sent"), attributes);
  if (pod) {
    const { annotations = [], labels } = extractOf({});
    const extracted = (rules: readonly { tag_name: string; key?: string }[], values: Attributes = {}): Attributes =>
      Object.fromEntries(
        rules.flatMap(({ tag_name: name, key = "" }) => (values[key] === undefined ? [] : [[name, values[key]]])),
      );
    const found = {
      ...pod.found,
      ...(attributes.has("k8s.pod.ip") && pod.byAddress),
      ...extracted(annotations, pod.annotations),
      ...extracted(labels, pod.labels),
    };
    for (const [key, value] of Object.entries(found)) if (!attributes.get(key)) attributes.set(key, value);
  }
  run(groupsOf("enrich"), attributes);
  return Object.fromEntries(attributes);
}

function emptied(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.keys(attributes).map((key) => [key, ""]));
}

interface Group {
  readonly conditions?: readonly string[];
  readonly statements: readonly string[];
}

function groupsOf(role: string): readonly Group[] {
  const config = configOf(`transform/${role}-logs`, "logs", model) as { log_statements: readonly Group[] };
  return config.log_statements;
}

const nodeAddresses = "10.0.0.1,fd00::1";
let clusterUid = "";

/** Runs statements as the collector does, as far as those of enrichment need it. */
function run(groups: readonly Group[], attributes: Map<string, string>): void {
  for (const { conditions = [], statements } of groups) {
    if (conditions.length > 0 && !conditions.some((condition) => evaluate(condition, attributes))) continue;
    for (const statement of statements) {
      const [action = "", condition] = statement.split(" where ");
      if (condition !== undefined && !evaluate(condition, attributes)) continue;
      evaluate(action.replace(/^set\(resource\.attributes\["([^"]+)"\], /, 'set("$1", '), attributes);
    }
  }
}

function evaluate(expression: string, attributes: Map<string, string>): unknown {
  const functions = {
    set: (key: string, value: string) => attributes.set(key, value),
    delete_key: (_: unknown, key: string) => attributes.delete(key),
    delete_matching_keys: (_: unknown, pattern: string) =>
      [...attributes.keys()].filter((key) => new RegExp(pattern).test(key)).forEach((key) => attributes.delete(key)),
    IsMatch: (text: string | undefined, pattern: string) => text !== undefined && new RegExp(pattern).test(text),
    HasPrefix: (text: string, start: string) => text.startsWith(start),
    HasSuffix: (text: string, end: string) => text.endsWith(end),
    TrimSuffix: (text: string, end: string) => (text.endsWith(end) ? text.slice(0, -end.length) : text),
    Concat: (texts: string[], between: string) => texts.join(between),
    Split: (text: string, between: string) => text.split(between),
    ContainsValue: (list: string[], item: string) => list.includes(item),
  };
  const script = expression
    .replaceAll("$$", "$")
    .replaceAll("${env:MY_HOST_IPS}", nodeAddresses)
    .replaceAll("${env:MY_CLUSTER_UID}", clusterUid)
    .replaceAll(/resource\.attributes\["([^"]+)"\]/g, 'attributes.get("$1")')
    .replaceAll("resource.attributes", "attributes")
    .replaceAll(/\b(and|or|not|nil)\b(?=[^"]*(?:"[^"]*"[^"]*)*$)/g, (word) => operators[word] ?? word);
  const names = Object.keys(functions);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- statements of our own, of a language close to this one
  const compiled = new Function("attributes", ...names, `return ${script};`) as (...args: unknown[]) => unknown;
  return compiled(attributes, ...Object.values(functions));
}

const operators: Readonly<Record<string, string>> = { and: "&&", or: "||", not: "!", nil: "undefined" };
