import assert from "node:assert/strict";
import { parse } from "yaml";
import type { CollectorConfig } from "../../../components/collector";
import { logNamespaces, planCollectors, type CollectorPlan, type PlannedPipeline } from "../../../components/plan";
import { parsePipelines, type PipelinesArgs } from "../../../components/settings";
import { pipeline } from "../helpers/models";

const takes = (name: string, change: Partial<PlannedPipeline> = {}): PlannedPipeline =>
  pipeline("logs", name, {
    otlp: { enabled: false, namespaces: {}, unknownNamespace: "accept" },
    containerLogs: { namespaces: {}, containers: {}, keepOriginalBody: true },
    ...change,
  });

const plans = (pipelines: readonly PlannedPipeline[], written: PipelinesArgs = {}): CollectorPlan[] =>
  planCollectors(pipelines, parsePipelines({ allowNoPipelines: true, ...written }, { now: new Date() }).settings, {
    mesh: false,
    namespace: "telemetry",
  });
const planOf = (...given: Parameters<typeof plans>): CollectorPlan =>
  plans(...given).find(({ kind }) => kind === "log-agent") ?? assert.fail("there is no log agent");
const configOf = (...given: Parameters<typeof plans>): CollectorConfig =>
  parse(planOf(...given).configuration) as CollectorConfig;

interface Exporter {
  readonly sending_queue: Readonly<Record<string, unknown>>;
  readonly retry_on_failure: Readonly<Record<string, unknown>>;
}
const exporters = (config: CollectorConfig): Exporter[] => Object.values(config.exporters) as Exporter[];
const receivers = ({ receivers: all }: CollectorConfig) =>
  Object.entries(all).flatMap(([id, one]) =>
    id.startsWith("filelog/") ? [one as Readonly<Record<string, unknown>>] : [],
  );

describe("the log agent", () => {
  it("exists exactly while a pipeline takes container logs, and serves only such pipelines", () => {
    assert.deepEqual(
      plans([pipeline("logs", "a"), pipeline("metrics", "b")]).map(({ kind }) => kind),
      ["gateway"],
    );
    const all = plans([pipeline("logs", "a"), takes("b")]);
    assert.deepEqual(
      all.map(({ kind, served }) => [kind, served.map(({ id }) => id)]),
      [
        ["gateway", ["logPipelines/a"]],
        ["log-agent", ["logPipelines/b"]],
      ],
    );
  });

  it("is in its own namespace, with its own folder on the node", () => {
    const { namespace, hostFiles } = planOf([takes("a")]);
    assert.equal(namespace, "telemetry-logs");
    assert.deepEqual(hostFiles, {
      read: "/var/log/pods",
      write: { path: "/var/lib/telemetry-pipelines/telemetry", mountPath: "/state" },
    });
    assert.equal(planOf([takes("a")], { logAgent: { namespace: "infra" } }).namespace, "infra");
  });

  it("has the SELinux label that reads and writes there", () => {
    const seLinuxOptions = { type: "spc_t", level: "s0:c1,c2" };
    assert.deepEqual(planOf([takes("a")], { logAgent: { seLinuxOptions } }).hostFiles?.seLinuxOptions, seLinuxOptions);
  });

  it("reads its namespace in the cluster only if a pipeline needs it: other stacks have no right to read it", () => {
    const settings = { logAgent: { namespace: "infra" } } as unknown as Parameters<typeof logNamespaces>[1];
    assert.deepEqual(logNamespaces([pipeline("logs", "a")], settings, "telemetry"), []);
    assert.deepEqual(logNamespaces([pipeline("logs", "a"), takes("b")], settings, "telemetry"), ["infra"]);
  });

  it("reads no files of collectors of the stack", () => {
    for (const one of receivers(configOf([takes("a"), takes("b")], { logAgent: { namespace: "infra" } }))) {
      const { exclude } = one as { exclude: string[] };
      for (const own of [
        "telemetry_telemetry-otlp-gateway",
        "telemetry_telemetry-metric-agent",
        "infra_telemetry-log-agent",
      ])
        assert.ok(exclude.includes(`/var/log/pods/${own}-*_*/*/*.log*`), own);
    }
  });

  it("has its queues on the disk and never gives up, whatever the pipeline sets for the memory of others", () => {
    const own = { queueBytes: 8 * 1024 * 1024, retrySeconds: 60 };
    const [exporter] = exporters(
      configOf([takes("a", { exporter: own } as never)], { logAgent: { diskQueue: "1Gi" } }),
    );
    assert.equal(exporter?.sending_queue.storage, "file_storage");
    assert.equal(exporter.sending_queue.queue_size, 1024 ** 3);
    assert.equal(exporter.retry_on_failure.max_elapsed_time, "0s");
  });

  it("does not copy full queues when it starts, which can take longer than its startup probe allows", () => {
    const { file_storage: storage } = configOf([takes("a")]).extensions;
    assert.deepEqual((storage as { readonly compaction: object }).compaction, {
      directory: "/state",
      on_rebound: true,
      cleanup_on_start: true,
    });
  });

  it("reads for each pipeline by itself, and lets it wait for its own queue", () => {
    const config = configOf([takes("a"), takes("b")]);
    const retry = { enabled: true, max_interval: "5s", max_elapsed_time: "0s" };
    assert.deepEqual(
      receivers(config).map(({ retry_on_failure }) => retry_on_failure),
      [retry, retry],
    );
    assert.deepEqual(
      exporters(config).map(({ sending_queue }) => sending_queue.block_on_overflow),
      [true, true],
    );
  });

  it("has nothing between file and queue that holds lines in memory", () => {
    const { service } = configOf([takes("a"), takes("b", { filter: [{ conditions: ["true"] }] })]);
    const used = Object.values(service.pipelines).flatMap(({ processors }) => processors);
    assert.deepEqual(
      used.filter((id) => id.startsWith("batch")),
      [],
    );
  });

  it("has the same configuration whatever the order of the pipelines", () => {
    const [a, b] = [takes("a"), takes("b")];
    assert.equal(planOf([a, b]).configuration, planOf([b, a]).configuration);
  });

  it("keeps the lines of JSON records for the pipelines that want them", () => {
    const without = takes("a", { containerLogs: { namespaces: {}, containers: {}, keepOriginalBody: false } });
    interface Operators {
      readonly operators: readonly { readonly id: string; readonly if?: string }[];
    }
    const removing = (receivers(configOf([without, takes("b")])) as readonly Partial<Operators>[]).map(
      ({ operators = [] }) => operators.find(({ id }) => id === "remove-original")?.if,
    );
    const isThere = 'attributes["log.original"] != nil';
    const isUnused =
      'type(attributes["log.original"]) == "bool" or not (attributes["message"] != nil or attributes["msg"] != nil)';
    assert.deepEqual(removing, [isThere, `${isThere} and (${isUnused})`]);
  });

  it("gets memory for its requests by the number of pipelines", () => {
    const mebibytes = (pipelines: PlannedPipeline[], written?: PipelinesArgs): number =>
      planOf(pipelines, written).resources.memoryLimit / 1024 ** 2;
    assert.equal(mebibytes([takes("a")]), 320);
    assert.equal(mebibytes([takes("a"), takes("b"), takes("c")]), 448);
    assert.equal(mebibytes([takes("a")], { logAgent: { resources: { limits: { memory: "1Gi" } } } }), 1024);
  });
});

describe("the namespace of the log agent", () => {
  const lines = (namespace: string, logAgent?: PipelinesArgs["logAgent"], enabled = true): string[] => {
    const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
    const logPipelines = [{ name: "a", input: { runtime: { enabled } }, output }];
    try {
      parsePipelines(
        { logPipelines, ...(logAgent && { logAgent }) },
        { now: new Date(), telemetryNamespace: namespace },
      );
      return [];
    } catch (error) {
      return (error as Error).message
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
    }
  };

  it("must not be the stack's", () => {
    assert.deepEqual(lines("telemetry", { namespace: "telemetry" }), [
      "logAgent.namespace: is the stack's namespace, which admits no pod that mounts files of its node. Write another name, or leave it out.",
    ]);
  });

  it("must be named where the default would be too long", () => {
    const long = "n".repeat(59);
    assert.deepEqual(lines(long), [
      "logAgent.namespace: has no usable default: the stack's namespace with `-logs` is longer than 63 characters. Write a shorter name.",
    ]);
    assert.deepEqual(lines(long, { namespace: "logs" }), []);
    assert.deepEqual(lines(long, undefined, false), []);
    assert.deepEqual(lines("n".repeat(58)), []);
  });
});
