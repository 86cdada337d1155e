import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Application } from "./support/application";
import { Backend, backendNamespace, type Item } from "./support/backends";
import { eventually } from "./support/eventually";
import { oldGatewaysGone } from "./support/gateway-scene";
import { logsRequest, metricsRequest, now, tracesRequest, type Metric } from "./support/otlp";
import { makeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";

const shop = "e2e-shop";
const bank = "e2e-bank";

/** A text in which the collector would expand files and variables if it were passed on unchanged. */
const evil = "${file:/credentials/metric_shop_authentication}${env:HOME}$${env:MY_POD_IP}$";

/**
 * Annotations of the application in the shop. The pod's labels and image have other values for both names. It also
 * pretends to be in the bank.
 */
const annotations = {
  "resource.opentelemetry.io/k8s.namespace.name": bank,
  "resource.opentelemetry.io/service.name": "annotated",
  "resource.opentelemetry.io/service.version": "2",
};

const second = 1_000_000_000n;
/** Always later than the start of the gateway: a conversion to deltas then treats a first point as the first of its series. */
const begin = now() + 86_400n * second;
const at = (seconds: number) => begin + BigInt(seconds) * second;

const orders: Metric[] = [
  { value: 5, time: at(10), start: begin },
  { value: 12, time: at(20), start: begin },
  { value: 12, time: at(30), start: begin },
  // The application was restarted.
  { value: 3, time: at(40), start: at(35) },
].map((point) => ({ name: "orders", temporality: "cumulative", sum: [{ ...point, attributes: { path: "/cart" } }] }));

const old: Metric[] = [
  { value: 100, time: at(10), start: begin - 172_800n * second },
  { value: 130, time: at(20), start: begin - 172_800n * second },
].map((point) => ({ name: "old", temporality: "cumulative", sum: [point] }));

const latency: Metric[] = [
  { buckets: [1, 0, 0], sum: 0.5, time: at(10), start: begin },
  { buckets: [3, 2, 1], sum: 40.5, time: at(20), start: begin },
].map((point) => ({ name: "latency", temporality: "cumulative", histogram: [{ ...point, bounds: [1, 10] }] }));

const others: Metric[] = [
  { name: "depth", gauge: [{ value: 4, time: at(10) }] },
  {
    name: "hits",
    temporality: "delta",
    sum: [{ value: 2, time: at(10), start: begin, attributes: { path: "/health" } }],
  },
  { name: "noise", gauge: [{ value: 1, time: at(10) }] },
];

/** The requests of an application, in their order. */
const requests: Metric[][] = [0, 1, 2, 3].map((i) =>
  [orders[i], old[i], latency[i], ...(i === 0 ? others : [])].filter((metric) => metric !== undefined),
);

const { grpc, http } = {
  grpc: (backend: Backend) => ({ endpoint: { value: backend.grpc }, tls: { insecure: true } }),
  http: (backend: Backend) => ({ protocol: "http", endpoint: { value: `http://${backend.http}` } }),
};

/** Returns the parts of a point that the test compares, as one line. */
const line = ({ resource, name, attributes, kind, temporality, value, time, start }: Item) =>
  [
    resource["k8s.namespace.name"],
    name,
    JSON.stringify(attributes),
    ...[kind, temporality].filter((text) => text),
    JSON.stringify(value),
    `${start === undefined || start === "0" ? "" : seconds(start)}..${seconds(time)}`,
  ].join(" ");
const seconds = (time: string) => (BigInt(time) - begin) / second;

describe("pipelines of three signals", function () {
  this.timeout("12m");
  let shopMetrics: Backend, restMetrics: Backend, traces: Backend, logs: Backend;
  let applications: Application[];
  let configuration: Record<string, unknown>;
  const stack = new Stack({});

  before(async () => {
    await makeNamespaces(backendNamespace, shop, bank);
    [shopMetrics, restMetrics, traces, logs] = (await Promise.all(
      ["shop-metrics", "rest-metrics", "traces", "logs"].map((name) => Backend.start(name)),
    )) as [Backend, Backend, Backend, Backend];
    const headers = ["x-tenant", "x-cluster"].map((name) => ({ name, value: name }));
    configuration = {
      enrichments: {
        cluster: { name: evil },
        extractPodLabels: [{ keyPrefix: "app.kubernetes.io/" }, { key: "team" }],
      },
      metricPipelines: [
        {
          name: "shop",
          input: { otlp: { namespaces: { include: [shop] } } },
          transform: [
            { conditions: [`metric.name == "orders"`], statements: [`set(datapoint.attributes["team"], "checkout")`] },
          ],
          filter: [{ conditions: [`metric.name == "noise"`] }],
          output: {
            otlp: {
              ...http(shopMetrics),
              compression: "zstd",
              temporality: "delta",
              authentication: { basic: { user: { value: "shop" }, password: { value: "hunter2" } } },
            },
          },
        },
        {
          name: "rest",
          input: { otlp: { namespaces: { exclude: [shop] } } },
          filter: [{ conditions: [`datapoint.attributes["path"] == "/health"`, `metric.name == "noise"`] }],
          output: { otlp: grpc(restMetrics) },
        },
      ],
      tracePipelines: [
        {
          name: "traces",
          transform: [
            {
              conditions: [`span.name == "checkout"`, `span.name == "${evil}"`],
              statements: [`set(span.attributes["stolen"], "${evil}")`, `delete_key(span.attributes, "card")`],
            },
          ],
          filter: [{ conditions: [`IsMatch(span.name, "^health$")`] }],
          output: { otlp: { ...grpc(traces), compression: "snappy", headers } },
        },
      ],
      logPipelines: [
        {
          name: "logs",
          input: { otlp: { namespaces: { exclude: [bank] } } },
          filter: [{ conditions: [`log.body == "debug" or log.attributes["level"] == "${evil}"`] }],
          output: { otlp: { ...http(logs), compression: "none" } },
        },
      ],
    };
    stack.configure(configuration);
    await stack.create();
    await stack.up();
    applications = await Application.startAll([
      { namespace: shop, labels: { team: "carts", teams: "none" }, annotations },
      { namespace: bank },
    ]);
  });

  after(async () => {
    await stack.discard(backendNamespace, shop, bank);
  });

  const arrived = async (expected: readonly (readonly [Backend, readonly string[]])[], of = line): Promise<void> => {
    const check = async () => {
      for (const [backend, items] of expected) {
        assert.deepEqual((await backend.items()).map(of).sort(), [...items].sort(), backend.name);
      }
    };
    await eventually(check);
    // A duplicate, or an item at the wrong backend, may arrive with the next batch, a second later.
    await sleep(2000);
    await check();
  };

  it("deliver exactly the points that each pipeline selects, changed by its transform", async () => {
    for (const metrics of requests) {
      await Promise.all(
        applications.map((application) => application.push("metrics", metricsRequest(metrics, { team: "a" }))),
      );
    }
    const cart = `{"path":"/cart"}`;
    const cartOfTeam = `{"path":"/cart","team":"checkout"}`;
    const histogram = (count: number, sum: number, buckets: number[]) =>
      JSON.stringify({ count, sum, bounds: [1, 10], buckets });
    const forShop = [
      `e2e-shop orders ${cartOfTeam} sum delta 5 0..10`,
      `e2e-shop orders ${cartOfTeam} sum delta 7 10..20`,
      `e2e-shop orders ${cartOfTeam} sum delta 0 20..30`,
      `e2e-shop orders ${cartOfTeam} sum delta 3 35..40`,
      `e2e-shop old {} sum delta 30 10..20`,
      `e2e-shop latency {} histogram delta ${histogram(1, 0.5, [1, 0, 0])} 0..10`,
      `e2e-shop latency {} histogram delta ${histogram(5, 40, [2, 2, 1])} 10..20`,
      `e2e-shop depth {} gauge 4 ..10`,
      `e2e-shop hits {"path":"/health"} sum delta 2 0..10`,
    ];
    const forRest = [
      `e2e-bank orders ${cart} sum cumulative 5 0..10`,
      `e2e-bank orders ${cart} sum cumulative 12 0..20`,
      `e2e-bank orders ${cart} sum cumulative 12 0..30`,
      `e2e-bank orders ${cart} sum cumulative 3 35..40`,
      `e2e-bank old {} sum cumulative 100 -172800..10`,
      `e2e-bank old {} sum cumulative 130 -172800..20`,
      `e2e-bank latency {} histogram cumulative ${histogram(1, 0.5, [1, 0, 0])} 0..10`,
      `e2e-bank latency {} histogram cumulative ${histogram(6, 40.5, [3, 2, 1])} 0..20`,
      `e2e-bank depth {} gauge 4 ..10`,
    ];
    await arrived([
      [shopMetrics, forShop],
      [restMetrics, forRest],
    ]);
    for (const [backend, compression] of [
      [shopMetrics, "zstd"],
      [restMetrics, ""],
    ] as const) {
      for (const request of await backend.requests()) assert.equal(request.compression, compression);
    }
  });

  it("deliver exactly the spans and records that each pipeline selects", async () => {
    for (const application of applications) {
      await application.push(
        "traces",
        tracesRequest([
          { name: "checkout", start: at(1), attributes: { card: "4711", path: "/cart" } },
          { name: "health", start: at(1) },
          { name: "list", start: at(2), attributes: { card: "4712" } },
        ]),
      );
      await application.push(
        "logs",
        logsRequest([
          { body: "debug", time: at(1) },
          { body: "paid", time: at(2), attributes: { level: "${file:/credentials/metric_shop_authentication}" } },
          { body: "dropped", time: at(2), attributes: { level: evil } },
        ]),
      );
    }
    const brief = ({ resource, name, value, attributes }: Item) =>
      [resource["k8s.namespace.name"], name || value, JSON.stringify(attributes)].join(" ");
    // A text of a pipeline arrives as it was written, so no pipeline can read the credentials of another one.
    const stolen = JSON.stringify({ path: "/cart", stolen: evil });
    const spans = [shop, bank].flatMap((namespace) => [
      `${namespace} checkout ${stolen}`,
      `${namespace} list {"card":"4712"}`,
    ]);
    await arrived(
      [
        [traces, spans],
        [logs, [`${shop} paid {"level":"\${file:/credentials/metric_shop_authentication}"}`]],
      ],
      brief,
    );
    assert.deepEqual(new Set((await traces.requests()).map(({ compression }) => compression)), new Set(["snappy"]));
    assert.deepEqual(new Set((await logs.requests()).map(({ compression }) => compression)), new Set([""]));
  });

  it("name the sender of the data, in the same way for every signal", async () => {
    for (const backend of [shopMetrics, restMetrics, traces, logs]) {
      for (const { resource } of await backend.items()) {
        const sender = applications.find(({ namespace }) => namespace === resource["k8s.namespace.name"]);
        assert.equal(resource["k8s.pod.name"], sender?.name);
        assert.equal(resource["k8s.cluster.name"], evil);
        assert.equal(typeof resource["k8s.node.name"], "string");
        const labels = Object.entries(resource).filter(([key]) => key.startsWith("k8s.pod.label"));
        assert.deepEqual(Object.fromEntries(labels), {
          ...(sender?.namespace === shop && { "k8s.pod.label.team": "carts" }),
          "k8s.pod.label.app.kubernetes.io/name": "application",
        });
        assert.deepEqual(
          [resource["service.name"], resource["service.version"]],
          sender?.namespace === shop ? ["annotated", "2"] : ["application", "1"],
        );
      }
    }
  });

  it("name the service of the data: by the sender, else by its pod's annotations, else by its labels", async () => {
    const [annotated, labelled] = applications as [Application, Application];
    const unknown = { "service.name": "unknown_service:java" };
    const cases: [string, Application, Record<string, string>, unknown[]][] = [
      ["own", annotated, { "service.name": "own", "service.version": "3" }, ["own", "3"]],
      ["own-name", annotated, { "service.name": "own" }, ["own", "2"]],
      ["unknown", annotated, unknown, ["annotated", "2"]],
      ["unknown-labelled", labelled, unknown, ["application", "1"]],
      ["unknown-pod", labelled, { ...unknown, "k8s.pod.uid": "of-no-pod" }, ["unknown_service:java", undefined]],
      ["injected", labelled, { "telemetry-pipelines.enrichment.service.name": "injected" }, ["application", "1"]],
    ];
    for (const [name, application, resource] of cases) {
      await application.push("traces", tracesRequest([{ name, start: now() }], resource));
    }
    await eventually(async () => {
      for (const [name, , , expected] of cases) {
        const [item] = await traces.items({ name });
        assert.ok(item, name);
        assert.deepEqual([item.resource["service.name"], item.resource["service.version"]], expected, name);
        const left = Object.keys(item.resource).filter((key) => key.startsWith("telemetry-pipelines."));
        assert.deepEqual(left, [], name);
      }
    });
  });

  it("are the same in any order", async () => {
    stack.configure(reversed(configuration) as Record<string, unknown>);
    const { code, output } = await stack.preview("--expect-no-changes");
    assert.equal(code, 0, output);
  });

  it("keep to their own endpoint if names are nearly the same, and get nothing if their input is off", async () => {
    const off = { otlp: { enabled: false } };
    const marked = (name: string, backend: Backend) => ({
      name,
      transform: [{ statements: [`set(span.attributes["pipeline"], "${name}")`] }],
      output: { otlp: grpc(backend) },
    });
    stack.configure({
      metricPipelines: [{ name: "a.b", input: off, output: { otlp: grpc(shopMetrics) } }],
      tracePipelines: [marked("a.b", traces), marked("a-b", restMetrics)],
      logPipelines: [{ name: "a.b", input: off, output: { otlp: grpc(logs) } }],
    });
    await stack.up();
    const [application] = applications as [Application];
    // Data that no pipeline takes is refused, not accepted and dropped.
    const pushAll = async () => {
      const answers = await Promise.all([
        application.tryPush("metrics", metricsRequest(others)),
        application.tryPush("logs", logsRequest([{ body: "l", time: now() }])),
      ]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [404, 404],
      );
    };
    // An old gateway would accept this data, and deliver it after the reset.
    await oldGatewaysGone();
    await Promise.all([shopMetrics, restMetrics, traces, logs].map((backend) => backend.reset()));
    await pushAll();
    await application.push("traces", tracesRequest([{ name: "s", start: now() }]));
    const pipelineOf = ({ signal, attributes }: Item) => `${signal} ${String(attributes.pipeline)}`;
    await arrived(
      [
        [traces, ["traces a.b"]],
        [restMetrics, ["traces a-b"]],
      ],
      pipelineOf,
    );
    assert.deepEqual([await shopMetrics.requests(), await logs.requests()], [[], []]);

    // These pipelines also get no data that is accepted for other pipelines.
    stack.configure({
      metricPipelines: [
        { name: "a.b", input: off, output: { otlp: grpc(shopMetrics) } },
        { name: "a-b", output: { otlp: grpc(restMetrics) } },
      ],
      logPipelines: [
        { name: "a.b", input: off, output: { otlp: grpc(logs) } },
        { name: "a-b", output: { otlp: grpc(traces) } },
      ],
    });
    await stack.up();
    await oldGatewaysGone();
    await Promise.all([restMetrics, traces].map((backend) => backend.reset()));
    await application.push("metrics", metricsRequest([{ name: "depth", gauge: [{ value: 4, time: now() }] }]));
    await application.push("logs", logsRequest([{ body: "l", time: now() }]));
    await arrived(
      [
        [restMetrics, ["metrics depth"]],
        [traces, ["logs l"]],
      ],
      ({ signal, name, value }) => `${signal} ${name || String(value)}`,
    );
    assert.deepEqual([await shopMetrics.requests(), await logs.requests()], [[], []]);
  });
});

const unordered = ["headers", "extractPodLabels"];

/** Reverses the keys of every object, and lists whose order has no meaning. */
function reversed(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => reversed(item));
    return key.endsWith("Pipelines") || unordered.includes(key) ? items.reverse() : items;
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, reversed(part, name)]),
  );
}
