import assert from "node:assert/strict";
import { parse } from "yaml";
import type { CollectorConfig, PipelineModel } from "../../../components/collector";
import { defineInput, inputs } from "../../../components/inputs";
import { agentPlans, mostRights } from "../../../components/plan/agent-plan";
import { field, onOff } from "../../../components/schema";
import { inputStackSettings, pullInput } from "../../../components/schema/input-fields";
import { parsePipelines } from "../../../components/settings";
import { configurationWith } from "../../../components/settings/configuration";
import { flowTargets } from "../../../components/proof/flow-targets";
import { argumentTypes } from "../../../docs/generator/argument-types";
import { stackConfigSchema } from "../../../docs/generator/json-schema";
import { pipelinesPage } from "../../../docs/generator/page";
import { pipeline } from "../helpers/models";

/** A definition of one more kind of data, as a contributor would write it. */
const weather = defineInput({
  name: "weather",
  setting: {
    key: "weatherStations",
    pipeline: field(
      pullInput("from the roof", { forecasts: onOff(false, "Also the metrics of tomorrow.") }).prefault({}),
      { description: "Stations on the roofs of nodes.", example: "{ enabled: true }" },
    ),
    stack: inputStackSettings("weatherStations", {}),
    everything: { enabled: true, forecasts: { enabled: true } },
  } as const,
  role: "node",
  health: { kind: "targets", port: 9399, noTargets: "no node has a roof" },
  isWanted: () => true,
  collect: (_, { interval }) => ({
    receivers: { weather: { collection_interval: `${interval}s` } },
    extensions: {},
    processors: [],
    select: () => [],
  }),
  rights: () => ({
    cluster: [{ apiGroups: ["weather.example.com"], resources: ["roofs"], verbs: ["list"] }],
    namespaces: [],
  }),
  egress: () => [{ ports: [{ protocol: "TCP", port: 4711 }] }],
});

const list = [...inputs, weather];
const { settings } = parsePipelines(
  { allowNoPipelines: true, metric: { collectionInterval: "15s" } },
  { now: new Date() },
);
const model: PipelineModel = pipeline("metrics", "a");
const pulled = { ...model, pull: { weatherStations: { enabled: true, forecasts: { enabled: false } } } as object };
const plans = agentPlans([pulled], settings, { mesh: false, namespace: "telemetry" }, list);

describe("an input that is defined in one file", () => {
  it("is collected on each node, with the rights and the egress that it needs", () => {
    assert.deepEqual(
      plans.map(({ name, inputs }) => [name, inputs.map((input) => input.name)]),
      [["telemetry-metric-agent", ["weather"]]],
    );
    const [plan] = plans;
    const { receivers, service } = parse(plan?.configuration ?? "") as CollectorConfig;
    assert.deepEqual(receivers.weather, { collection_interval: "15s" });
    assert.deepEqual(service.pipelines["metrics/input-weather-stations"]?.receivers, ["weather"]);
    assert.deepEqual(plan?.rights.cluster.at(-1), {
      apiGroups: ["weather.example.com"],
      resources: ["roofs"],
      verbs: ["list"],
    });
    assert.deepEqual(plan?.network.targets, [{ ports: [{ protocol: "TCP", port: 4711 }] }]);
  });

  it("adds to the rights that the manager may grant", () => {
    assert.ok(
      mostRights(list).cluster.some(({ apiGroups }) => JSON.stringify(apiGroups) === '["weather.example.com"]'),
    );
  });

  it("is a setting: in the schema, in the types for programs, in the JSON Schema and in the reference", () => {
    const configuration = configurationWith(list) as unknown as ReturnType<typeof configurationWith>;
    const written = { name: "a", input: { weatherStations: { enabled: true } }, output: model };
    assert.equal(
      configuration.safeParse({ metricPipelines: [written] }).error?.issues.some(({ path }) => path.includes("input")),
      false,
    );
    assert.match(argumentTypes(configuration), /weatherStations\?: WeatherStationsInputArgs;/);
    assert.match(argumentTypes(configuration), /interface WeatherStationsInputArgs \{[\s\S]*?forecasts\?: SwitchArgs;/);
    assert.match(JSON.stringify(stackConfigSchema("telemetry", configuration)), /"Stations on the roofs of nodes\."/);
    const page = pipelinesPage(configuration);
    assert.match(page, /\| `input\.weatherStations` \| object \|  \| Stations on the roofs of nodes\. \|/);
    assert.match(page, /\| `metric\.weatherStations\.collectionInterval` \| text \|/);
  });

  it("is part of each check", () => {
    const { collectors, pipelines } = flowTargets("telemetry", [pulled], plans);
    assert.deepEqual(collectors[0]?.inputs, ["weather"]);
    assert.deepEqual(pipelines[0]?.inputs, { weather: {} });
  });
});
