import assert from "node:assert/strict";
import { judgeContainerLogs } from "../../../components/verification/container-logs-input";
import type { ContainerLogEvidence } from "../../../components/verification/input-evidence";
import { lagOf, readLateLines, type LateLine } from "../../../components/verification/late-lines";
import type { PipelineTarget } from "../../../components/verification/targets";
import { idlePod } from "../helpers/pod-data";

const now = Date.parse("2026-11-29T09:10:00.000Z");

interface Report {
  readonly read?: string;
  readonly written?: string;
  readonly container?: string;
  readonly operator?: string;
  readonly offset?: number;
}

/** A report in the log of the log agent, as the collector 0.161.0 writes it. */
const report = ({
  read = "2026-11-29T09:09:30.000Z",
  written = "2026-11-29T09:08:00.000Z",
  container = "server",
  operator = "line-is-late",
  offset = 1000,
}: Report): string =>
  `{"level":"error","ts":"${read}","caller":"helper/transformer.go:132","msg":"Failed to process entry",` +
  `"otelcol.component.id":"filelog/logs-shop","operator_id":"${operator}","entry.timestamp":"${written}",` +
  `"log.file.path":"/var/log/pods/shop_web-1_0b9c0000/${container}/0.log","log.file.record_offset":${offset},"log.iostream":"stdout"}`;

const late = (change: Partial<LateLine>): LateLine => ({
  receiver: "filelog/logs-shop",
  container: "shop/web-1 (server)",
  file: "/var/log/pods/shop_web-1_0b9c0000/server/0.log",
  offset: 1000,
  node: "a",
  lag: 90,
  age: 30,
  ...change,
});

const target: PipelineTarget = {
  signal: "logs",
  name: "shop",
  path: "logPipelines[0]",
  exporter: "otlp_grpc/logs-shop",
  canary: true,
  containerLogs: { namespaces: {}, containers: {} },
  collectors: ["agent"],
};

describe("late lines of containers", () => {
  it("are read from the log, with their lag, for two minutes", () => {
    const log = [
      report({}),
      report({ operator: "line-exceeds-limit" }),
      report({ container: "old", read: "2026-11-29T09:07:59.000Z", written: "2026-11-29T09:00:00.000Z" }),
      report({ container: "unreadable", written: "yesterday" }),
      "no report",
    ];
    assert.deepEqual(readLateLines(log.join("\n"), "a", now), [late({})]);
    const [{ node, ...others }] = [late({})];
    void node;
    assert.deepEqual(readLateLines(log.join("\n"), undefined, now), [others]);
  });

  it("name the nodes by their lag and the containers by their reports", () => {
    const lines = [
      late({ lag: 70 }),
      late({ container: "shop/busy-1 (server)", lag: 90.4 }),
      late({ container: "shop/busy-1 (server)", node: "b", lag: 400 }),
    ];
    assert.deepEqual(lagOf(lines, { a: 3600, b: 3600 }), {
      nodes: [
        ["b", 400],
        ["a", 90.4],
      ],
      containers: [{ name: "shop/busy-1 (server)" }, { name: "shop/web-1 (server)" }],
    });
  });

  it("show how many bytes their containers are ahead, by the rate at which these wrote", () => {
    const bytes = (...lines: readonly LateLine[]): unknown => lagOf(lines, { a: 3600, b: 3600 })?.containers[0]?.bytes;
    // 2,000,000 bytes in the 20 s from 120 s ago to 100 s ago, and a lag of 90 s.
    const early = late({ offset: 1000, lag: 80, age: 40 });
    const recent = late({ offset: 2_001_000, lag: 90, age: 10 });
    assert.equal(bytes(recent, late({ offset: 1_500_000, lag: 85, age: 30 }), early), 9_000_000);
    assert.equal(bytes(recent), undefined);
    assert.equal(bytes(early, { ...recent, file: "another" }), undefined);
    assert.equal(bytes(early, { ...recent, node: "b" }), undefined);
    // Truncated, and at the same time.
    assert.equal(bytes({ ...early, offset: 3_000_000 }, recent), undefined);
    assert.equal(bytes(early, { ...early, offset: 5000 }), undefined);
  });

  it("do not count if they are older than their log agent, which has just begun to read them", () => {
    assert.equal(lagOf([late({})], { a: 119, b: 3600 }), undefined);
    assert.deepEqual(lagOf([late({})], { a: 120 })?.nodes, [["a", 90]]);
    assert.equal(lagOf([], {}), undefined);
  });

  it("are a warning of their own pipeline, with the remedies", () => {
    const containerLogs = { records: { "filelog/logs-shop": 5, "filelog/logs-bank": 5 }, openFiles: 1 };
    const pods = [idlePod({ collector: "agent", kind: "log-agent", node: "a", uptime: 3600, containerLogs })];
    const evidence: ContainerLogEvidence = {
      longLines: [{ receiver: "filelog/logs-shop", container: "shop/web-1 (server)" }],
      lateLines: [
        late({ lag: 90.4, offset: 4_001_000 }),
        late({ lag: 85, age: 55.4 }),
        late({ container: "shop/web-2 (server)", lag: 61 }),
        late({ receiver: "filelog/logs-bank", lag: 500 }),
      ],
      unreadable: [],
      agentNodes: ["a"],
    };
    assert.deepEqual(judgeContainerLogs(target, pods, evidence), [
      {
        type: "InputsHealthy",
        status: "True",
        reason: "LinesLate",
        message:
          "runtime: the log agents have read 5 lines for this pipeline since their pods started. In the last 2 minutes, log " +
          "agents read lines more than 20 s after they were written, on a (up to 90 s). Most of them are lines of: " +
          "shop/web-1 (server), about 18 MB behind, shop/web-2 (server). Lines that the kubelet compresses before they are read are lost. If TelemetryFlowHealthy " +
          "names a problem of the backend, solve it. Otherwise these containers write more than the log agent can read: " +
          "let them write less, or exclude them in logPipelines[0].input.runtime.containers. In the last hour, lines " +
          "exceeded 1 MiB once or more, and were split into several records. They are lines of: shop/web-1 (server). " +
          "Let these containers write shorter lines.",
      },
    ]);
    const quiet = { ...evidence, longLines: [], lateLines: [late({ receiver: "filelog/logs-bank" })] };
    assert.deepEqual(
      judgeContainerLogs(target, pods, quiet).map(({ reason }) => reason),
      ["InputsHealthy"],
    );
  });
});
