import assert from "node:assert/strict";
import * as fc from "fast-check";
import { gatewayConfig, gatewayPipelines, renderGatewayConfig } from "../../../components/plan/gateway-config";
import type { CollectorConfig } from "../../../components/collector/config";
import { renderYaml } from "../../../components/collector/text";
import { pipelineModels } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";
import { gateway, pipeline } from "../helpers/models";

const processorsOf = (config: CollectorConfig, id: string): readonly string[] | undefined =>
  config.service.pipelines[id]?.processors;

describe("the gateway's configuration", () => {
  it("enriches each signal once and then fans out to one exporter per pipeline", () => {
    const config = gatewayConfig(
      gateway([pipeline("metrics", "a"), pipeline("metrics", "b"), pipeline("traces", "a")]),
    );
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(config.service.pipelines).map(([id, { receivers, exporters }]) => [
          id,
          { receivers, exporters },
        ]),
      ),
      {
        "metrics/intake": { receivers: ["otlp"], exporters: ["forward/pipelines-metrics"] },
        "metrics/unchanged": { receivers: ["forward/pipelines-metrics"], exporters: ["forward/unchanged-metrics"] },
        "metrics/pipeline-a": { receivers: ["forward/unchanged-metrics"], exporters: ["otlp_grpc/metrics-a"] },
        "metrics/pipeline-b": { receivers: ["forward/unchanged-metrics"], exporters: ["otlp_grpc/metrics-b"] },
        "traces/intake": { receivers: ["otlp"], exporters: ["forward/pipelines-traces"] },
        "traces/pipeline-a": { receivers: ["forward/pipelines-traces"], exporters: ["otlp_grpc/traces-a"] },
      },
    );
  });

  it("limits memory before any other processor", () => {
    const config = gatewayConfig(gateway([pipeline("metrics", "a"), pipeline("logs", "a")]));
    for (const signal of ["metrics", "logs"]) {
      assert.equal(processorsOf(config, `${signal}/intake`)?.[0], "memory_limiter");
    }
  });

  it("runs the user's transform before the user's filter, and temporality last", () => {
    const config = gatewayConfig(
      gateway([
        pipeline("metrics", "a", {
          deltaTemporality: true,
          otlp: { enabled: true, namespaces: { include: ["shop"] }, unknownNamespace: "reject" },
          transform: [{ conditions: [], statements: [`set(metric.name, "x")`] }],
          filter: [{ conditions: [`metric.name == "y"`] }],
        }),
      ]),
    );
    assert.deepEqual(processorsOf(config, "metrics/pipeline-a"), [
      "filter/namespaces-metrics-a",
      "transform/user-metrics-a",
      "filter/user-metrics-a",
      "cumulativetodelta/metrics-a",
    ]);
  });

  it("hides a pipeline's error from a sender with several pipelines, and returns that of the only one", () => {
    const filter = [{ conditions: ["true"] }];
    const config = gatewayConfig(
      gateway([
        pipeline("logs", "a", { filter }),
        pipeline("logs", "b", { filter }),
        pipeline("traces", "a", { filter }),
        pipeline("metrics", "a"),
      ]),
    );
    assert.deepEqual(processorsOf(config, "logs/pipeline-a"), ["filter/user-logs-a", "batch/isolation-logs-a"]);
    assert.deepEqual(processorsOf(config, "logs/pipeline-b"), ["filter/user-logs-b", "batch/isolation-logs-b"]);
    assert.deepEqual(processorsOf(config, "traces/pipeline-a"), ["filter/user-traces-a"]);
    assert.deepEqual(processorsOf(config, "metrics/pipeline-a"), []);
    assert.deepEqual(config.processors["batch/isolation-logs-a"], { timeout: "0s" }, "nothing waits for a batch");
  });

  describe("where several pipelines take a signal as it is", () => {
    const filter = [{ conditions: ["true"] }];
    const config = gatewayConfig(
      gateway(
        [
          pipeline("logs", "a", { canary: true }),
          pipeline("logs", "b"),
          pipeline("logs", "filtered", { filter }),
          pipeline("metrics", "a"),
          pipeline("metrics", "b"),
          pipeline("traces", "a"),
          pipeline("traces", "filtered", { filter }),
        ],
        { queueBytes: 2 ** 30 },
      ),
    );
    const { pipelines } = config.service;
    const batching = Object.entries(config.exporters)
      .filter(([, exporter]) => (exporter as { sending_queue: { batch?: object } }).sending_queue.batch)
      .map(([id]) => id);

    it("makes its batches once for these pipelines, in front of their queues, and for the others behind their queues", () => {
      assert.deepEqual(pipelines["logs/unchanged"], {
        receivers: ["forward/pipelines-logs"],
        processors: ["batch/unchanged-logs"],
        exporters: ["forward/unchanged-logs"],
      });
      for (const name of ["a", "b"]) {
        assert.deepEqual(pipelines[`logs/pipeline-${name}`], {
          receivers: ["forward/unchanged-logs"],
          processors: [],
          exporters: [`otlp_grpc/logs-${name}`],
        });
      }
      assert.deepEqual(pipelines["logs/pipeline-filtered"], {
        receivers: ["forward/pipelines-logs"],
        processors: ["filter/user-logs-filtered", "batch/isolation-logs-filtered"],
        exporters: ["otlp_grpc/logs-filtered"],
      });
      assert.deepEqual(batching, ["otlp_grpc/traces-a", "otlp_grpc/traces-filtered", "otlp_grpc/logs-filtered"]);
    });

    it("shares nothing if only one pipeline takes the signal unchanged", () => {
      assert.equal(pipelines["traces/unchanged"], undefined);
      assert.deepEqual(processorsOf(config, "traces/pipeline-a"), ["batch/isolation-traces-a"]);
    });

    it("splits data that is more than a batch, and ends batches of metrics early, so that few metrics are split", () => {
      const items = { timeout: "1s", send_batch_size: 1024, send_batch_max_size: 1024 };
      assert.deepEqual(config.processors["batch/unchanged-logs"], items);
      const points = { timeout: "1s", send_batch_size: 1536, send_batch_max_size: 2048 };
      assert.deepEqual(config.processors["batch/unchanged-metrics"], points);
    });

    it("leads canaries past the batches", () => {
      assert.deepEqual(pipelines["logs/canary-a"]?.exporters, ["otlp_grpc/logs-a"]);
    });
  });

  it("gives canaries their own way, past the pipeline's processors, from inside the pod only", () => {
    const wanted = { canary: true, filter: [{ conditions: ["true"] }] };
    const config = gatewayConfig(
      gateway([pipeline("metrics", "a", wanted), pipeline("metrics", "b"), pipeline("logs", "a.b", wanted)]),
    );
    assert.deepEqual(config.receivers["otlp/canary"], { protocols: { http: { endpoint: "127.0.0.1:4319" } } });
    const ways = Object.fromEntries(Object.entries(config.service.pipelines).filter(([id]) => id.includes("/canar")));
    assert.deepEqual(ways, {
      "metrics/canary-a": {
        receivers: ["otlp/canary"],
        processors: ["filter/canary-metrics-a"],
        exporters: ["otlp_grpc/metrics-a"],
      },
      "logs/canary-a.b": {
        receivers: ["otlp/canary"],
        processors: ["filter/canary-logs-a.b"],
        exporters: ["otlp_grpc/logs-a.b"],
      },
    });
    assert.deepEqual(config.processors["filter/canary-logs-a.b"], {
      error_mode: "ignore",
      log_conditions: [{ conditions: ['resource.attributes["telemetry.canary.pipeline"] != "a.b"'] }],
    });
  });

  it("accepts no canaries if no pipeline wants one", () => {
    assert.deepEqual(Object.keys(gatewayConfig(gateway([pipeline("metrics", "a")])).receivers), ["otlp"]);
  });

  it("leaves out a pipeline that takes no pushed data, and a signal that no pipeline takes", () => {
    const off = { otlp: { enabled: false, namespaces: {}, unknownNamespace: "accept" } } as const;
    const config = gatewayConfig(
      gateway([pipeline("metrics", "off", off), pipeline("logs", "off", off), pipeline("logs", "on")]),
    );
    assert.deepEqual(Object.keys(config.service.pipelines), ["logs/intake", "logs/pipeline-on"]);
    assert.deepEqual(Object.keys(config.exporters), ["otlp_grpc/logs-on"]);
  });

  it("takes data of the chosen namespaces, and of unknown ones only where that is wanted", () => {
    const dropped = (selection: object, unknownNamespace: "accept" | "reject"): unknown => {
      const otlp = { enabled: true, namespaces: selection, unknownNamespace };
      const config = gatewayConfig(gateway([pipeline("traces", "a", { otlp })]));
      const filter = config.processors["filter/namespaces-traces-a"] as
        { error_mode: string; trace_conditions: readonly { conditions: readonly string[] }[] } | undefined;
      if (filter === undefined) return undefined;
      assert.deepEqual([filter.error_mode, filter.trace_conditions.length], ["ignore", 1]);
      return filter.trace_conditions[0]?.conditions;
    };
    const attribute = `resource.attributes["k8s.namespace.name"]`;
    const unknown = `(${attribute} == nil or ${attribute} == "")`;
    const include = { include: ["b", "a"] };
    const exclude = { exclude: ["b", "a"] };
    assert.deepEqual(dropped(include, "reject"), [`${attribute} != "a" and ${attribute} != "b"`]);
    assert.deepEqual(dropped(include, "accept"), [`not ${unknown} and ${attribute} != "a" and ${attribute} != "b"`]);
    assert.deepEqual(dropped(exclude, "accept"), [`${attribute} == "a" or ${attribute} == "b"`]);
    assert.deepEqual(dropped(exclude, "reject"), [`${unknown} or ${attribute} == "a" or ${attribute} == "b"`]);
    assert.deepEqual(dropped({}, "reject"), [unknown]);
    assert.equal(dropped({}, "accept"), undefined);
  });

  it("listens at the pod's address, of whichever family that is", () => {
    const { receivers, extensions, service } = gatewayConfig(gateway([pipeline("metrics", "a")]));
    const { grpc, http } = (receivers.otlp as { protocols: Record<"grpc" | "http", { endpoint: string }> }).protocols;
    const { endpoint } = extensions.health_check as { endpoint: string };
    assert.deepEqual(
      [grpc.endpoint, http.endpoint, endpoint],
      ["[${env:MY_POD_IP}]:4317", "[${env:MY_POD_IP}]:4318", "[${env:MY_POD_IP}]:13133"],
    );
    // At all addresses of the pod, of both families: each further reader would count everything once more.
    assert.deepEqual(renderYaml(service.telemetry).match(/host: .*$/gm), ["host: 0.0.0.0"]);
  });

  describe("the attributes of its own metrics", () => {
    interface View {
      readonly selector: Readonly<Record<string, string>>;
      readonly stream: { readonly attribute_keys?: Readonly<Record<string, readonly string[]>> };
    }
    const attributes = (pattern: RegExp, change: Parameters<typeof pipeline>[2] = {}): unknown => {
      const { service } = gatewayConfig(gateway([pipeline("metrics", "a", change), pipeline("metrics", "b")]));
      const { views } = (service.telemetry as { metrics: { views: readonly View[] } }).metrics;
      return views
        .filter(({ selector: { instrument_name = "" } }) => pattern.test(instrument_name))
        .map(({ selector: { instrument_name }, stream }) => [instrument_name, stream.attribute_keys]);
    };
    const secret = { endpoint: { file: "/credentials/metric_a_endpoint" } };

    it("are host, port and status for requests to backends, and few for requests of senders", () => {
      const known = [
        ["http.client.request.body.size", undefined],
        ["http.server.*.size", undefined],
        ["http.client.request.duration", { included: ["http.response.status_code", "server.address", "server.port"] }],
        ["http.server.request.duration", { included: ["http.response.status_code", "network.protocol.version"] }],
      ];
      assert.deepEqual(attributes(/http/), known);
      assert.deepEqual(attributes(/http/, { exporter: { ...secret, protocol: "grpc" } }), known);
    });

    it("lack hosts if the address of a backend over HTTP is in a Secret", () => {
      assert.deepEqual(attributes(/http.client.*duration/, { exporter: { ...secret, protocol: "http" } }), [
        ["http.client.request.duration", { included: ["http.response.status_code"] }],
      ]);
    });

    it("lack the backend's address for exporters", () => {
      const excluded = ["server.address", "server.port", "url.path"];
      assert.deepEqual(attributes(/exporter_sen/), [
        ["otelcol_exporter_sent_*", { excluded }],
        ["otelcol_exporter_send_failed_*", { excluded }],
      ]);
    });
  });

  it("passes every text of the user unchanged to the collector, never as a reference to expand", () => {
    const evil = "${env:HOME} $$ ${file:/credentials/metric_b_password}";
    const text = renderGatewayConfig(
      gateway(
        [
          pipeline("metrics", "a", {
            transform: [{ conditions: [evil], statements: [evil] }],
            filter: [{ conditions: [evil] }],
            exporter: {
              endpoint: { text: evil },
              headers: { file: "/credentials/own" },
              authentication: { kind: "oauth2", file: "/credentials/own" },
            },
          }),
        ],
        { enrichment: { clusterName: evil, podLabels: [{ key: "a$b" }], service: true } },
      ),
    );
    // Without the doubled dollars, each reference that is left is one that the collector expands.
    const expanded = [...text.replaceAll("$$", "").matchAll(/\$\{[^}]*\}/g)].map(([reference]) => reference);
    assert.deepEqual([...new Set(expanded)].sort(), [
      "${env:MY_CLUSTER_UID}",
      "${env:MY_HOST_IPS}",
      "${env:MY_POD_IP}",
      "${file:/credentials/own}",
    ]);
  });

  it("gives the user's path to the exporter per signal, joined with the address by one slash", () => {
    const { pipelines } = parsePipelines(
      {
        logPipelines: [
          {
            name: "a",
            output: { otlp: { protocol: "http", endpoint: { value: "https://b.example.com/" }, path: "/otlp/in" } },
          },
        ],
      },
      { now: new Date() },
    );
    const exporter = gatewayConfig(gateway(pipelineModels(pipelines))).exporters["otlp_http/logs-a"] as object;
    assert.equal("logs_endpoint" in exporter && exporter.logs_endpoint, "https://b.example.com/otlp/in");
    assert.equal("endpoint" in exporter, false);
  });

  it("renders the same bytes for the same pipelines in any order", () => {
    const all = ["a", "b", "a.b", "a-b"].flatMap((name) => [pipeline("metrics", name), pipeline("logs", name)]);
    const expected = renderGatewayConfig(gateway(all));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        assert.equal(renderGatewayConfig(gateway(shuffled)), expected);
      }),
      { numRuns: 20 },
    );
  });

  it("defines every component that a pipeline uses, and uses every component it defines", () => {
    const names = fc.constantFrom("a", "b", "a.b", "a-b", "intake", "canaries");
    const models = fc.uniqueArray(
      fc
        .record({ signal: fc.constantFrom("metrics", "traces", "logs"), name: names, delta: fc.boolean() })
        .map(({ signal, name, delta }) =>
          pipeline(signal as "metrics", name, {
            deltaTemporality: delta && signal === "metrics",
            canary: delta,
            filter: delta ? [{ conditions: ["true"] }] : [],
          }),
        ),
      { selector: ({ signal, name }) => `${signal}/${name}`, minLength: 1 },
    );
    fc.assert(
      fc.property(models, (pipelines) => {
        const config = gatewayConfig(gateway(pipelines));
        const used = Object.values(config.service.pipelines).flatMap((p) => [
          ...p.receivers,
          ...p.processors,
          ...p.exporters,
        ]);
        const defined = [config.receivers, config.processors, config.exporters, config.connectors].flatMap(Object.keys);
        assert.deepEqual([...new Set(used)].sort(), defined.sort());
        assert.deepEqual([...config.service.extensions].sort(), Object.keys(config.extensions).sort());
      }),
    );
  });

  it("does not change the list it is given", () => {
    const pipelines = [pipeline("traces", "b"), pipeline("metrics", "a")];
    gatewayPipelines(pipelines);
    assert.deepEqual(
      pipelines.map(({ name }) => name),
      ["b", "a"],
    );
  });
});
