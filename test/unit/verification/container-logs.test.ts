import assert from "node:assert/strict";
import { pipelineStatuses, type Findings } from "../../../components/verification/conditions";
import { judgeContainerLogs } from "../../../components/verification/container-logs-input";
import { readData, type PodData } from "../../../components/verification/data-evidence";
import { lookAtContainerLogs, readLongLines } from "../../../components/verification/look-at-container-logs";
import type { FlowTargets, PipelineTarget } from "../../../components/verification/targets";
import type { Verdict } from "../../../components/verification/verdict";

const logAgent = { kind: "log-agent", workload: "DaemonSet", name: "agent", namespace: "telemetry-logs" } as const;
const target: PipelineTarget = {
  signal: "logs",
  name: "shop",
  path: "logPipelines[0]",
  exporter: "otlp_grpc/logs-shop",
  backend: "backend:4317",
  canary: true,
  containerLogs: true,
  collectors: [logAgent.name],
};
const targets: FlowTargets = { namespace: "telemetry", collectors: [logAgent], pipelines: [target] };

const metrics = `otelcol_fileconsumer_open_files{service_name="x"} 7
otelcol_receiver_accepted_log_records{receiver="filelog/logs-shop",transport=""} 12
otelcol_receiver_accepted_log_records{receiver="otlp/canary",transport="http"} 3
otelcol_process_uptime 60
`;
const container = (pod: string, namespace = "shop", node = "node-1") => ({ namespace, pod, container: "server", node });
const podOf = (text: string): PodData => ({
  ...readData(text),
  collector: logAgent.name,
  kind: logAgent.kind,
  recentLookUps: {},
  failed: {},
});

describe("the container logs of a pipeline", () => {
  it("are counted by the receiver of the pipeline, over all pods", () => {
    assert.deepEqual(judgeContainerLogs(target, [podOf(metrics), podOf(metrics)]), [
      {
        type: "InputsHealthy",
        status: "True",
        reason: "InputsHealthy",
        message: "runtime: the log agents have read 24 lines for this pipeline since their pods started.",
      },
    ]);
  });

  it("are unknown while no line was read for the pipeline, even if others have lines", () => {
    assert.deepEqual(judgeContainerLogs({ ...target, name: "bank" }, [podOf(metrics)]), [
      {
        type: "InputsHealthy",
        status: "Unknown",
        reason: "NoLinesRead",
        message:
          "runtime: the log agents have read no line for this pipeline since their pods started. They have 7 files open for all pipelines. " +
          "Check logPipelines[0].input.runtime.namespaces and logPipelines[0].input.runtime.containers, and that containers write lines.",
      },
    ]);
  });

  it("name the containers whose lines exceeded the limit, for their own pipeline", () => {
    const line = (receiver: string, path: string): string =>
      `{"level":"error","ts":"2026-11-29T09:00:00.000Z","msg":"Failed to process entry","otelcol.component.id":"${receiver}",` +
      `"operator_id":"line-exceeds-limit","operator_type":"regex_parser","log.file.path":"${path}","log.iostream":"stdout"}`;
    const file = (name: string): string => `/var/log/pods/shop_web-1_0b9c0000/${name}/3.log.20261129-090000`;
    const longLines = readLongLines(
      [
        line("filelog/logs-shop", file("server")),
        line("filelog/logs-bank", file("bank")),
        line("filelog/logs-shop", file("server")),
        line("filelog/logs-shop", file("proxy")),
        line("filelog/logs-shop", file("other")).replace("line-exceeds-limit", "json"),
        "",
      ].join("\n"),
    );
    const found = { longLines, lateLines: [], unreadable: [], agentNodes: [] };
    assert.deepEqual(judgeContainerLogs(target, [podOf(metrics)], found), [
      {
        type: "InputsHealthy",
        status: "True",
        reason: "LinesSplit",
        message:
          "runtime: the log agents have read 12 lines for this pipeline since their pods started. In the last hour, lines " +
          "exceeded 1 MiB 3 times or more, and were split into several records. They are lines of: shop/web-1 (proxy), " +
          "shop/web-1 (server). Let these containers write shorter lines.",
      },
    ]);
    const bank = { ...target, name: "bank" };
    const [{ message = "" } = {}] = judgeContainerLogs(bank, [podOf(metrics.replaceAll("-shop", "-bank"))], found);
    assert.match(message, /exceeded 1 MiB once or more, .* They are lines of: shop\/web-1 \(bank\)\./);
  });

  it("are searched for in the logs of the log agents that answer, each log once, and in one list of pods", async () => {
    const asked: unknown[] = [];
    const cluster = {
      log: (...question: unknown[]) => {
        asked.push(question);
        return question[1] === "silent" ? Promise.reject(new Error("no answer")) : Promise.resolve("");
      },
      runningContainers: () => {
        asked.push("pods");
        return Promise.resolve([container("web-1"), container("agent-x1", "telemetry-logs"), container("agent-x1")]);
      },
    };
    const gateway = { kind: "gateway", workload: "DaemonSet", name: "gateway" } as const;
    const pods = [
      { collector: logAgent, pod: "silent", node: "node-1" },
      { collector: logAgent, pod: "a", node: "node-2" },
      { collector: gateway, pod: "g" },
    ];
    assert.deepEqual(await lookAtContainerLogs(cluster, targets, pods, Date.now() + 5000), {
      longLines: [],
      lateLines: [],
      unreadable: [],
      containers: [container("web-1"), container("agent-x1")],
      agentNodes: ["node-1", "node-2"],
    });
    assert.deepEqual(asked, [["telemetry-logs", "silent", 3600], ["telemetry-logs", "a", 3600], "pods"]);
    const withoutPods = { ...cluster, runningContainers: () => Promise.reject(new Error("forbidden")) };
    const { containers } = (await lookAtContainerLogs(withoutPods, targets, pods, Date.now() + 5000)) ?? {};
    assert.equal(containers, undefined);
    assert.equal(await lookAtContainerLogs(cluster, targets, pods.slice(2), Date.now() + 5000), undefined);
  });

  it("have no condition in pipelines without them, or if no log agent was read", () => {
    const { containerLogs, ...other } = target;
    void containerLogs;
    assert.deepEqual(judgeContainerLogs(other, [podOf(metrics)]), []);
    assert.deepEqual(judgeContainerLogs(target, [podOf("otelcol_process_uptime 60\n")]), []);
    assert.deepEqual(judgeContainerLogs(target, []), []);
  });
});

describe("conditions of a pipeline that only the log agent serves", () => {
  const found = (verdict: Verdict): Findings => ({
    workloads: [{ name: logAgent.name, kind: logAgent.kind, state: "ready", message: "Runs on 3 nodes." }],
    verdicts: { "logPipelines/shop": verdict },
    inputs: { targets: [], kubelets: [], annotated: [], nodes: [] },
    data: [],
    refusals: {},
    certificates: {},
  });
  const flow = (verdict: Verdict, before: Parameters<typeof pipelineStatuses>[2] = [], at = "2026-11-22T12:00:00Z") =>
    pipelineStatuses(targets, found(verdict), before, new Date(at));
  const failing = (change: object = {}): Verdict => ({
    kind: "failing",
    extent: "all",
    failure: { cause: "refused", dropped: false },
    losing: false,
    queueFull: false,
    pods: ["a"],
    collector: "log-agent",
    ...change,
  });

  it("concern the agent, and not a gateway", () => {
    const [status] = flow({ kind: "delivered", pods: 1 });
    assert.deepEqual(
      status?.conditions.map(({ type, reason }) => [type, reason]),
      [
        ["ConfigurationGenerated", "GatewayConfigured"],
        ["AgentHealthy", "AgentReady"],
        ["TelemetryFlowHealthy", "FlowHealthy"],
      ],
    );
  });

  it("state that data waits on the disk, also after the time for which others retry", () => {
    const first = flow(failing());
    const condition = (statuses: typeof first) =>
      statuses[0]?.conditions.find(({ type }) => type === "TelemetryFlowHealthy");
    assert.equal(condition(first)?.reason, "AgentAllTelemetryDataDelayed");
    assert.match(condition(first)?.message ?? "", /The log agent keeps the data on the disks of the nodes and retries/);
    const later = condition(flow(failing(), first, "2026-11-22T13:00:00Z"));
    assert.deepEqual([later?.reason, later?.message], ["AgentAllTelemetryDataDelayed", condition(first)?.message]);
  });

  it("state that a node's disk is full, and that lines wait in their files", () => {
    const found = failing({ failure: { cause: "disk", dropped: true }, queueFull: true, pods: ["log-agent-1"] });
    const { reason, message = "" } = flow(found)[0]?.conditions.at(-1) ?? {};
    assert.equal(reason, "AgentAllTelemetryDataDropped");
    assert.match(
      message,
      new RegExp(
        " accepts no data from pod log-agent-1: the node's disk, which holds the queue, is full or " +
          "fails\\. The log agent does not read on\\. Lines in files that the kubelet compresses or deletes meanwhile are lost\\. " +
          "Free space on the disk of /var/lib/telemetry-pipelines, lower logAgent\\.diskQueue, or repair the disk\\.$",
      ),
    );
  });

  it("name the setting of the queue on disk, and the namespace for rights", () => {
    const full = flow(failing({ failure: { cause: "queueFull", dropped: true } }))[0]?.conditions.at(-1)?.message ?? "";
    assert.match(full, /logAgent\.diskQueue/);
    const unread = flow({ kind: "noEvidence", why: "unreadable" })[0]?.conditions.at(-1)?.message ?? "";
    assert.match(unread, /pods\/log in the namespace telemetry-logs\.$/);
    const unknown =
      flow(failing({ failure: { cause: "unknown", dropped: false } }))[0]?.conditions.at(-1)?.message ?? "";
    assert.match(unknown, /Set logAgent\.logLevel to info/);
  });
});
