import assert from "node:assert/strict";
import { flowTargets } from "../../../components/proof/flow-targets";
import { pipelineModels, planCollectors } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";
import { judgeContainerLogs } from "../../../components/verification/container-logs-input";
import type { PodData } from "../../../components/verification/data-evidence";
import type { ContainerLogEvidence } from "../../../components/verification/input-evidence";
import { runningContainers, type RunningContainer } from "../../../components/verification/running-containers";
import type { PipelineTarget } from "../../../components/verification/targets";
import { readUnreadableFiles } from "../../../components/verification/unreadable-files";
import { idlePod } from "../helpers/pod-data";

const target: PipelineTarget = {
  signal: "logs",
  name: "shop",
  path: "logPipelines[0]",
  exporter: "otlp_grpc/logs-shop",
  canary: true,
  containerLogs: { namespaces: { include: ["shop"] }, containers: { exclude: ["istio-proxy"] } },
  collectors: ["agent"],
};

const read = (node: string, records: number, openFiles: number, uptime = 60): PodData =>
  idlePod({
    collector: "agent",
    kind: "log-agent",
    node,
    uptime,
    containerLogs: { records: { "filelog/logs-shop": records }, openFiles },
  });

const running = (pod: string, node: string, namespace = "shop", container = "server"): RunningContainer => ({
  namespace,
  pod,
  container,
  node,
});

const found = (containers: readonly RunningContainer[], agentNodes = ["a", "b", "c"]): ContainerLogEvidence => ({
  longLines: [],
  lateLines: [],
  unreadable: [],
  containers,
  agentNodes,
});

function judged(data: readonly PodData[], evidence: ContainerLogEvidence, change: Partial<PipelineTarget> = {}) {
  return judgeContainerLogs({ ...target, ...change }, data, evidence).map(({ status, reason, message }) => [
    status,
    reason,
    message,
  ]);
}

const lines = (count: number): string =>
  `runtime: the log agents have read ${count} lines for this pipeline since their pods started.`;

const files =
  "that their nodes have files in /var/log/pods which root can read without capabilities, also by the rules of SELinux " +
  "(logAgent.seLinuxOptions): a log agent reports no error about a folder that it cannot read.";

describe("the nodes of a pipeline with container logs", () => {
  const containers = [running("web-2", "b"), running("web-1", "b"), running("web-3", "a"), running("db-0", "c")];

  it("are named if the log agent has no file open and has read nothing, although selected containers run", () => {
    assert.deepEqual(judged([read("a", 5, 1), read("b", 0, 0), read("c", 0, 0)], found(containers)), [
      [
        "True",
        "SomeNodesNotRead",
        `${lines(5)} The log agents have 0 files open, and have read no line for this pipeline, on 2 nodes with running ` +
          "containers of it: b with 2 containers such as shop/web-1 (server), c with 1 container, shop/db-0 (server). " +
          `Check that these containers write lines, and ${files}`,
      ],
    ]);
  });

  it("are named if no ready log agent runs there", () => {
    assert.deepEqual(judged([read("a", 5, 1), read("b", 1, 1)], found(containers, ["a", "b"])), [
      [
        "True",
        "SomeNodesNotRead",
        `${lines(6)} No ready log agent runs on 1 node with running containers of this pipeline: c with 1 container, ` +
          "shop/db-0 (server). Their lines are not read. If AgentHealthy does not name these nodes, check " +
          "logAgent.tolerations and logAgent.nodeSelector. Windows nodes and virtual nodes cannot have one.",
      ],
    ]);
  });

  it("are well with an open file, with lines that were read, just after a start, and while their agent is not read", () => {
    for (const b of [[read("b", 0, 1)], [read("b", 1, 0)], [read("b", 0, 0, 9)], []]) {
      const [first] = judged([read("a", 5, 1), ...b], found([running("web-1", "b")]));
      assert.equal(first?.[1], "InputsHealthy");
    }
  });

  it("do not count for containers that the pipeline does not select, or whose selection is not known", () => {
    const others = [running("web-1", "b", "bank"), running("web-1", "b", "shop", "istio-proxy")];
    const data = [read("a", 5, 1), read("b", 0, 0)];
    assert.deepEqual(judged(data, found(others)), [["True", "InputsHealthy", lines(5)]]);
    assert.deepEqual(judged(data, found(containers), { containerLogs: true }), [["True", "InputsHealthy", lines(5)]]);
    const all = { namespaces: { exclude: ["kube-system"] }, containers: { include: ["istio-proxy"] } };
    assert.equal(judged(data, found(others), { containerLogs: all })[0]?.[1], "SomeNodesNotRead");
    const none = { namespaces: { exclude: ["shop"] }, containers: {} };
    assert.equal(judged(data, found(containers), { containerLogs: none })[0]?.[1], "InputsHealthy");
  });

  it("are named with the number of selected containers while no line was read at all", () => {
    assert.deepEqual(judged([read("b", 0, 0)], found([running("web-1", "b")])), [
      [
        "Unknown",
        "NoLinesRead",
        "runtime: the log agents have read no line for this pipeline since their pods started. They have 0 files open for " +
          "all pipelines, and the pipeline selects 1 running container. Check logPipelines[0].input.runtime.namespaces and " +
          "logPipelines[0].input.runtime.containers, and that containers write lines. The log agents have 0 files open, and " +
          "have read no line for this pipeline, on 1 node with running containers of it: b with 1 container, " +
          `shop/web-1 (server). Check that these containers write lines, and ${files}`,
      ],
    ]);
  });
});

describe("the files of a pipeline that cannot be read", () => {
  const path = (pod: string, container = "server"): string => `/var/log/pods/shop_${pod}_0b9c0000/${container}/0.log`;
  /** Recorded from collector 0.161, without the stack trace; 0.149 writes the same. */
  const line = (msg: string, file: string, error?: string, receiver = "filelog/logs-shop"): string =>
    `{"level":"error","ts":"2026-11-29T16:07:14.482Z","caller":"fileconsumer/file.go:276","msg":"${msg}",` +
    `"resource":{"service.name":"otelcol-contrib"},"otelcol.component.id":"${receiver}",` +
    `"otelcol.component.kind":"receiver","otelcol.signal":"logs","component":"fileconsumer",` +
    (error === undefined
      ? `"path":"${file}"}`
      : `"error":"open ${file}: ${error}","original_path":"${file}","normalized_path":"${file}"}`);
  const denied = (pod: string, receiver?: string): string =>
    line("Failed to open file - unreadable", path(pod), "permission denied", receiver);
  const failed = (pod: string, error: string): string => line("Failed to open file", path(pod), error);
  const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text);
  const evidence = (...log: string[]): ContainerLogEvidence => ({
    ...found([]),
    unreadable: readUnreadableFiles(log.join("\n")),
  });

  it("are named with their causes, a file that fails at each look once", () => {
    const all = evidence(
      denied("web-1"),
      denied("web-2"),
      denied("bank-1", "filelog/logs-bank"),
      ...times(3, failed("linked-1", "no such file or directory")),
      ...times(3, failed("many-1", "too many open files")),
      ...times(3, line("failed during scan", path("disk-1"), "input/output error").replace("original_path", "path")),
    );
    assert.deepEqual(judged([read("a", 5, 1)], all), [
      [
        "True",
        "SomeFilesUnreadable",
        `${lines(5)} In the last hour, the log agents could not read files: permission denied for ` +
          "shop/web-1 (server), shop/web-2 (server); the link leads to no file for shop/linked-1 (server); too many open " +
          "files for shop/many-1 (server); another error for shop/disk-1 (server). Check that the files belong to root, and " +
          "the rules of SELinux on their nodes (logAgent.seLinuxOptions). Docker makes such links: use containerd or CRI-O " +
          "on these nodes. Raise the limit of open files for containers on these nodes. The log of the log agent on the container's node names it.",
      ],
    ]);
  });

  it("are forgotten once they can be read, and when the kubelet has deleted them", () => {
    const all = evidence(
      denied("web-1"),
      line("Previously unreadable file is now readable", path("web-1")),
      ...times(2, failed("gone-1", "no such file or directory")),
      line("Started watching file", path("web-3")),
      "not JSON",
    );
    assert.deepEqual(all.unreadable, []);
  });

  it("make a pipeline unhealthy that has read nothing while no file is open, and only then", () => {
    const [only] = judged([read("a", 0, 0)], evidence(denied("web-1")));
    assert.deepEqual(only, [
      "False",
      "FilesUnreadable",
      "runtime: the log agents have read no line for this pipeline since their pods started. They have 0 files open for " +
        "all pipelines, and the pipeline selects 0 running containers. Check logPipelines[0].input.runtime.namespaces and " +
        "logPipelines[0].input.runtime.containers, and that containers write lines. In the last hour, the log agents could " +
        "not read files: permission denied for shop/web-1 (server). Check that the files belong to " +
        "root, and the rules of SELinux on their nodes (logAgent.seLinuxOptions).",
    ]);
    const [idle] = judged([read("a", 0, 2)], evidence(denied("web-1")));
    assert.deepEqual(idle?.slice(0, 2), ["Unknown", "NoLinesRead"]);
  });
});

describe("running containers", () => {
  const now = Date.parse("2026-11-29T12:00:00Z");
  const status = (name: string, startedAt: unknown) => ({ name, state: { running: { startedAt } } });
  const early = new Date(now - 60_000);

  it("are those of running pods with a node, sidecars and debug containers included, after a minute", () => {
    const pod = {
      metadata: { name: "web-1", namespace: "shop" },
      spec: { nodeName: "a" },
      status: {
        phase: "Running",
        containerStatuses: [
          status("server", early),
          status("new", new Date(now - 59_000)),
          { name: "crashing", state: {} },
          { name: "unknown" },
          status("text", early.toISOString()),
        ],
        initContainerStatuses: [{ name: "set-up", state: {} }, status("sidecar", early)],
        ephemeralContainerStatuses: [status("debugger", early)],
      },
    };
    const names = ["server", "text", "sidecar", "debugger"];
    assert.deepEqual(
      runningContainers([pod], now),
      names.map((name) => running("web-1", "a", "shop", name)),
    );
    assert.deepEqual(runningContainers([{ ...pod, status: { ...pod.status, phase: "Succeeded" } }], now), []);
    assert.deepEqual(runningContainers([{ ...pod, spec: {} }, {}], now), []);
    const ending = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date(now) } };
    assert.deepEqual(runningContainers([ending], now), []);
  });
});

describe("the targets of a check", () => {
  it("have the selection of container logs as plain data", () => {
    const output = { otlp: { endpoint: { value: "a.example.com:4317" } } };
    const runtime = { enabled: true, namespaces: { include: ["shop"] }, containers: { exclude: ["istio-proxy"] } };
    const written = {
      logPipelines: [
        { name: "shop", input: { runtime }, output },
        { name: "pushed", output },
      ],
    };
    const { pipelines, settings } = parsePipelines(written, { now: new Date(), telemetryNamespace: "telemetry" });
    const models = pipelineModels(pipelines);
    const plans = planCollectors(models, settings, { mesh: false, namespace: "telemetry" });
    const { pipelines: targets } = flowTargets("telemetry", models, plans);
    assert.deepEqual(
      targets.map(({ name, containerLogs }) => [name, containerLogs]),
      [
        ["shop", { namespaces: { include: ["shop"] }, containers: { exclude: ["istio-proxy"] } }],
        ["pushed", undefined],
      ],
    );
  });
});
