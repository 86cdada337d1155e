import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { check } from "../../../components/verification/check";
import type { Cluster } from "../../../components/verification/cluster";
import type { FlowSample } from "../../../components/verification/samples";
import type { FlowTargets, PipelineTarget } from "../../../components/verification/targets";
import { quickest } from "../helpers/quickest";

const target = (name: string, change: Partial<PipelineTarget> = {}): PipelineTarget => ({
  signal: "metrics",
  name,
  path: "metricPipelines[0]",
  exporter: `otlp_grpc/metrics-${name}`,
  canary: true,
  collectors: ["gateway"],
  ...change,
});
const targets = (...pipelines: PipelineTarget[]): FlowTargets => ({
  namespace: "telemetry",
  collectors: [{ kind: "gateway", workload: "DaemonSet", name: "gateway" }],
  pipelines,
});

const ready = (name: string) => ({
  metadata: { name },
  spec: { nodeName: `node-of-${name}` },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
});

const unasked = (): Promise<never> => Promise.reject(new Error("asked for nothing"));

/**
 * A cluster whose collectors deliver each canary at once. It proves the requests of a check and its use of the answers,
 * and nothing about real pods.
 */
class FakeCluster implements Cluster {
  names = ["p1"];
  protocol = "otlp_grpc";
  started = 1000;
  /** Pods that do not answer within the time limit. */
  readonly silent = new Set<string>();
  /** Returns the points that the memory limiter has refused. Called at each look. */
  refused = (): number => 0;
  readonly asked: string[] = [];
  /** The content of every log. */
  lines = "";
  /** Further metrics of every pod. */
  more = (): string => "";
  readonly logged: string[] = [];
  private readonly sent = new Map<string, number>();

  workload(): ReturnType<Cluster["workload"]> {
    const count = this.names.length;
    const status = { desiredNumberScheduled: count, updatedNumberScheduled: count, numberReady: count };
    return Promise.resolve({ metadata: { generation: 1 }, status: { observedGeneration: 1, ...status } });
  }

  pods(): ReturnType<Cluster["pods"]> {
    return Promise.resolve(this.names.map(ready));
  }

  /** All nodes are well, so the check must not ask for these. */
  readonly revision = unasked;
  readonly lostNodes = unasked;
  podRefusal: Cluster["podRefusal"] = unasked;
  readonly limitRanges = unasked;
  readonly deletePod = unasked;

  annotated(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  crowded(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  monitoredJobs(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  runningContainers(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  log(...[, pod, seconds]: Parameters<Cluster["log"]>): Promise<string> {
    this.logged.push(`${pod} ${seconds}`);
    return Promise.resolve(this.lines);
  }

  push(...[, pod, , requests]: Parameters<Cluster["push"]>): Promise<void> {
    if (!this.names.includes(pod)) return Promise.reject(new Error("gone"));
    for (const { path, body } of requests) {
      this.asked.push(`${pod} ${path}`);
      for (const [, name = ""] of body.matchAll(/"telemetry\.canary\.pipeline","value":\{"stringValue":"(\w+)"/g)) {
        this.sent.set(`${pod}/${name}`, (this.sent.get(`${pod}/${name}`) ?? 0) + 1);
      }
    }
    return Promise.resolve();
  }

  ask(...[, pod, , path]: Parameters<Cluster["ask"]>): Promise<string> {
    if (!this.names.includes(pod)) return Promise.reject(new Error("gone"));
    this.asked.push(`${pod} ${path}`);
    if (this.silent.has(pod)) return sleep(30).then(() => Promise.reject(new Error("no answer")));
    const counters = [...this.sent]
      .filter(([key]) => key.startsWith(`${pod}/`))
      .map(
        ([key, count]) =>
          `otelcol_exporter_sent_metric_points{exporter="${this.protocol}/metrics-${key.split("/")[1]}"} ${count}`,
      );
    const refused = `otelcol_processor_refused_metric_points{processor="memory_limiter"} ${this.refused()}`;
    return Promise.resolve([`otelcol_process_uptime ${this.started++}`, refused, this.more(), ...counters].join("\n"));
  }
}

const quick = { timeoutSeconds: 5, interval: 0.01 };

describe("a check", () => {
  it("ends as soon as every pipeline has a certain verdict", async () => {
    const cluster = new FakeCluster();
    const { verdicts, workloads } = await check(cluster, targets(target("a"), target("b")), quick);
    assert.deepEqual(verdicts, {
      "metricPipelines/a": { kind: "delivered", pods: 1 },
      "metricPipelines/b": { kind: "delivered", pods: 1 },
    });
    assert.equal(workloads[0]?.state, "ready");
    assert.equal(cluster.asked.filter((asked) => asked === "p1 /v1/metrics").length, 10);
  });

  it("counts senders since its own first reading, too, without a request more", async () => {
    const cluster = new FakeCluster();
    let found = 1000;
    cluster.more = () => `otelcol_k8s_pod_association{otelcol_signal="traces",status="success"} ${found++}`;
    const { data } = await check(cluster, targets(target("a")), quick);
    assert.deepEqual(
      data.map(({ lookUps, recentLookUps }) => ({ lookUps, recentLookUps })),
      [{ lookUps: { traces: { found: 1010, unknown: 0 } }, recentLookUps: { traces: { found: 10, unknown: 0 } } }],
    );
    assert.equal(cluster.asked.filter((asked) => asked === "p1 /metrics").length, 11);
  });

  it("needs one round where there are many pods", async () => {
    const cluster = new FakeCluster();
    cluster.names = Array.from({ length: 50 }, (_, i) => `p${i}`);
    const { verdicts } = await check(cluster, targets(target("a")), quick);
    assert.deepEqual(verdicts, { "metricPipelines/a": { kind: "delivered", pods: 50 } });
    assert.equal(cluster.asked.length, 3 * 50);
  });

  it("sends no canary for a pipeline that wants none", async () => {
    const cluster = new FakeCluster();
    const { verdicts } = await check(cluster, targets(target("a", { canary: false })), {
      ...quick,
      timeoutSeconds: 0.2,
    });
    assert.deepEqual(verdicts, { "metricPipelines/a": { kind: "noEvidence", why: "noTraffic" } });
    assert.deepEqual(
      cluster.asked.filter((asked) => asked !== "p1 /metrics"),
      [],
    );
  });

  it("passes on the result of each look at each pod, for at least the wanted time", async () => {
    const cluster = new FakeCluster();
    cluster.names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    const samples: FlowSample[] = [];
    const observe = (sample: FlowSample): unknown => samples.push(sample);
    await check(cluster, targets(target("a")), { ...quick, observe, leastSeconds: 1.5 });
    const own = samples.filter(({ pod }) => pod === "p3");
    // One round would have been enough for the verdict, and only undecided pipelines are sent canaries.
    assert.ok(own.length > 2, `${own.length} looks`);
    assert.deepEqual(
      { ...own[0], at: 0 },
      {
        pod: "p3",
        node: "node-of-p3",
        collector: "gateway",
        kind: "gateway",
        at: 0,
        seconds: own[0]?.seconds,
        exporters: { "otlp_grpc/metrics-a": { sent: 1, failed: {}, queueRefused: 0, queued: 0 } },
      },
    );
    assert.equal(own[1]?.exporters["otlp_grpc/metrics-a"]?.sent, 0);
    for (const { seconds } of samples) assert.ok(seconds > 0, "the time between two readings");
  });

  it("goes on with the pod that takes another's place", async () => {
    const cluster = new FakeCluster();
    const change = setTimeout(() => {
      cluster.names = ["p2"];
      cluster.started = 0;
    }, 50);
    const { verdicts } = await check(cluster, targets(target("a")), { ...quick, interval: 0.02 });
    clearTimeout(change);
    assert.deepEqual(verdicts, { "metricPipelines/a": { kind: "delivered", pods: 1 } });
    assert.ok(cluster.asked.includes("p2 /v1/metrics"));
  });

  it("keeps its time when pods do not answer, and judges those that do", async () => {
    const cluster = new FakeCluster();
    cluster.names = Array.from({ length: 100 }, (_, i) => `p${i}`);
    for (const pod of cluster.names.slice(0, 40)) cluster.silent.add(pod);
    const took = await quickest(3000, async () => {
      const { verdicts } = await check(cluster, targets(target("a")), { timeoutSeconds: 1.5, interval: 0.01 });
      assert.deepEqual(verdicts, { "metricPipelines/a": { kind: "delivered", pods: 60, of: 100 } });
    });
    assert.ok(took < 3000, `${took} ms`);
  });

  it("goes on while a collector refuses data, until it is certain whether the refusals last", async () => {
    const cluster = new FakeCluster();
    cluster.names = Array.from({ length: 20 }, (_, i) => `p${i}`);
    let looks = 0;
    cluster.refused = () => looks++;
    const lasting = await check(cluster, targets(target("a")), quick);
    const refusals = lasting.refusals["metricPipelines/a"];
    assert.deepEqual([refusals?.lasting, refusals?.pods.length], [true, 20]);
    assert.equal(lasting.verdicts["metricPipelines/a"]?.kind, "delivered");
    looks = 0;
    cluster.refused = () => Math.min(looks++, 30);
    const over = await check(cluster, targets(target("a")), quick);
    assert.equal(over.refusals["metricPipelines/a"]?.lasting, false);
  });

  it("reads the log back to the first canaries, whole seconds as they are counted", async () => {
    const cluster = new FakeCluster();
    cluster.names = Array.from({ length: 10 }, (_, i) => `p${i}`);
    const start = Date.now();
    await check(cluster, targets(target("a")), { ...quick, interval: 1.1 });
    const seconds = Number(/^p0 (\d+)$/.exec(cluster.logged[0] ?? "")?.[1]);
    // A look comes later on a busy machine.
    assert.ok(seconds >= 2 && seconds <= Math.ceil((Date.now() - start) / 1000), cluster.logged[0]);
  });

  it("finds the redirects of a backend, and does not count data that follows them as delivered", async () => {
    const cluster = new FakeCluster();
    let redirects = 0;
    cluster.more = () =>
      `http_client_request_duration_count{http_response_status_code="302",server_address="a",server_port="1"} ${redirects++}`;
    const http = { exporter: "otlp_http/metrics-a", backend: "a:1" };
    cluster.protocol = "otlp_http";
    const short = { ...quick, timeoutSeconds: 1 };
    const { verdicts } = await check(
      cluster,
      targets(target("a", http), target("b", { ...http, exporter: "otlp_http/metrics-b", backend: "b:1" })),
      short,
    );
    const a = verdicts["metricPipelines/a"];
    assert.deepEqual(a?.kind === "failing" && [a.extent, a.losing, a.failure], [
      "all",
      true,
      { cause: "redirected", status: 302, dropped: true },
    ]);
    assert.equal(verdicts["metricPipelines/b"]?.kind, "delivered");
  });

  it("finds losses in the log from before the check, because a loss takes longer than a check", async () => {
    const cluster = new FakeCluster();
    // Nothing is accepted.
    cluster.protocol = "none";
    const line = (msg: string, exporter = "otlp_grpc/metrics-b"): string =>
      JSON.stringify({
        ts: "2026-11-22T22:14:16.184Z",
        msg,
        error: "no more retries left: context deadline exceeded",
        "otelcol.component.id": exporter,
      });
    const retried = line("Exporting failed. Will retry the request after interval.");
    const losing = async (earlier: string, retrySeconds?: number): Promise<unknown> => {
      cluster.log = (_namespace, _pod, seconds) =>
        Promise.resolve(seconds === (retrySeconds ?? 300) ? `${retried}\n${earlier}` : retried);
      const all = targets({ ...target("b"), retrySeconds });
      const { verdicts } = await check(cluster, all, { ...quick, timeoutSeconds: 0.6 });
      const verdict = verdicts["metricPipelines/b"];
      return verdict?.kind === "failing" ? verdict.losing : verdict?.kind;
    };
    assert.equal(await losing(""), false);
    assert.equal(await losing(line("Exporting failed. Dropping data.")), true);
    assert.equal(await losing(line("Exporting failed. Dropping data."), 7200), true);
    assert.equal(await losing(line("Exporting failed. Dropping data.", "otlp_grpc/metrics-c")), false);
  });

  it("does not judge a backend good if the log leaves out rejected data", async () => {
    const quiet = targets(target("a"));
    const collectors = quiet.collectors.map((collector) => ({ ...collector, logLevel: "error" as const }));
    const { verdicts } = await check(new FakeCluster(), { ...quiet, collectors }, quick);
    assert.equal(verdicts["metricPipelines/a"]?.kind, "noEvidence");
  });

  it("judges a kubelet unreachable by the log since the last request to it", async () => {
    const cluster = new FakeCluster();
    cluster.more = () => 'otelcol_receiver_accepted_metric_points{receiver="kubeletstats",transport=""} 300';
    cluster.lines = '{"msg":"Error scraping metrics","otelcol.component.id":"kubeletstats","error":"403 Forbidden"}';
    const all = targets(target("a"));
    for (const [kubeletInterval, seconds] of [
      [60, 65],
      [10, 35],
      [undefined, 35],
    ]) {
      const collectors = all.collectors.map((one) => ({ ...one, inputs: ["kubelet"] as const, kubeletInterval }));
      const { inputs } = await check(cluster, { ...all, collectors }, quick);
      assert.deepEqual(inputs.kubelets, [{ pod: "p1", points: 300, error: "403 Forbidden" }]);
      assert.equal(cluster.logged.at(-1), `p1 ${seconds}`);
    }
  });

  it("keeps its time when a rollout does not end", async () => {
    const cluster = new FakeCluster();
    cluster.workload = () => Promise.resolve({ metadata: { generation: 2 }, status: { observedGeneration: 1 } });
    const took = await quickest(2000, async () => {
      const { workloads } = await check(cluster, targets(target("a")), { timeoutSeconds: 0.5, interval: 0.01 });
      assert.equal(workloads[0]?.state, "rollingOut");
    });
    assert.ok(took < 2000, `${took} ms`);
  });

  it("names why new pods are refused, and asks for that only once, at its end", async () => {
    const refusal =
      'pods "x" is forbidden: exceeded quota: small, requested: requests.cpu=100m, used: requests.cpu=1, limited: requests.cpu=1';
    const counts = { desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberReady: 2 };
    const state = { metadata: { generation: 1 }, status: { observedGeneration: 1, ...counts } };
    const message = `A new pod does not fit ResourceQuota small of namespace telemetry (${refusal}). Raise the quota, or lower gateway.resources.requests.cpu.`;
    const inEvents = new FakeCluster();
    inEvents.workload = () => Promise.resolve(state);
    let asked = 0;
    inEvents.podRefusal = () => (asked++, Promise.resolve(refusal));
    const inState = new FakeCluster();
    inState.workload = () => Promise.resolve({ ...state, refusal });
    for (const [cluster, workload] of [
      [inEvents, "DaemonSet"],
      [inState, "Deployment"],
    ] as const) {
      const all = targets(target("a"));
      const collectors = all.collectors.map((one) => ({ ...one, workload }));
      const { workloads } = await check(cluster, { ...all, collectors }, { timeoutSeconds: 0.5, interval: 0.01 });
      assert.deepEqual(workloads, [{ name: "gateway", kind: "gateway", state: "notReady", message }]);
    }
    assert.equal(asked, 1);
  });
});
