import assert from "node:assert/strict";
import type { RolloutFacts } from "../../../components/verification/daemon-nodes";
import type { PodState } from "../../../components/verification/pod-facts";
import { workloadHealth, type WorkloadState } from "../../../components/verification/workload-health";

const collector = { kind: "gateway", workload: "DaemonSet", name: "telemetry-otlp-gateway" } as const;

const daemonSet = (desired: number, updated: number, ready: number, observed = 2): WorkloadState => ({
  metadata: { generation: 2 },
  status: {
    observedGeneration: observed,
    desiredNumberScheduled: desired,
    updatedNumberScheduled: updated,
    numberReady: ready,
  },
});

const pod = (status: PodState["status"], metadata: Partial<PodState["metadata"]> = {}): PodState => ({
  metadata: { name: "gateway-1", ...metadata },
  spec: { nodeName: "node-1" },
  status,
});

const waiting = (reason: string, lastState = {}): PodState =>
  pod({
    phase: "Running",
    containerStatuses: [{ image: "collector:1", restartCount: 4, state: { waiting: { reason } }, lastState }],
  });

const health = (set: WorkloadState | undefined, ...pods: PodState[]) =>
  workloadHealth("telemetry", collector, set, pods);

describe("the health of a collector's pods", () => {
  it("is ready when all nodes run the new configuration", () => {
    assert.deepEqual(health(daemonSet(3, 3, 3)), {
      name: "telemetry-otlp-gateway",
      kind: "gateway",
      state: "ready",
      message: "Runs on 3 nodes.",
    });
  });

  it("is not ready while the controller has not seen the change, or not all pods are new and ready", () => {
    for (const set of [daemonSet(3, 3, 3, 1), daemonSet(3, 2, 3), daemonSet(3, 3, 2)]) {
      assert.equal(health(set).state, "rollingOut");
    }
  });

  it("is not ready if no node should have a pod, or the DaemonSet does not exist", () => {
    assert.equal(
      health(daemonSet(0, 0, 0)).message,
      "No node is eligible for the gateway. Check gateway.nodeSelector and gateway.tolerations; Windows nodes and virtual nodes can run none.",
    );
    assert.match(health(undefined).message, /^DaemonSet telemetry-otlp-gateway does not exist\./);
    assert.equal(health(daemonSet(0, 0, 0)).state, "notReady");
  });

  it("names pods that are not ready and their nodes, which may be away", () => {
    const away = pod({ phase: "Running", conditions: [{ type: "Ready", status: "False" }] });
    const well = pod({ phase: "Running", conditions: [{ type: "Ready", status: "True" }] }, { name: "gateway-2" });
    assert.equal(
      health(daemonSet(2, 2, 1), away, well).message,
      "2 of 2 nodes have the current configuration, 1 is ready; not ready: pod gateway-1 on node node-1. " +
        "Wait, or run kubectl -n telemetry describe daemonset telemetry-otlp-gateway.",
    );
  });

  describe("where nodes are not ready", () => {
    const on = (node: string, revision: string, isReady: boolean, metadata: object = {}): PodState => ({
      metadata: { name: `${node}-${revision}`, labels: { "controller-revision-hash": revision }, ...metadata },
      spec: { nodeName: node },
      status: { phase: "Running", conditions: [{ type: "Ready", status: isReady ? "True" : "False" }] },
    });
    const leaving = { deletionTimestamp: new Date() };
    const facts: RolloutFacts = { revision: "new", lost: { c: "NodeStatusUnknown" } };
    const judged = (set: WorkloadState, pods: PodState[], known = facts) =>
      workloadHealth("telemetry", collector, set, pods, known);

    it("is ready without them when all others have rolled, and names them", () => {
      const rolled = [on("a", "new", true), on("b", "new", true)];
      for (const lost of [[on("c", "old", false)], [on("c", "old", false, leaving)], [on("c", "new", false)]]) {
        const { state, message } = judged(daemonSet(3, 2, 2), [...rolled, ...lost]);
        assert.equal(state, "withoutLost");
        assert.equal(
          message,
          "Runs on 2 nodes of 3. This node is not ready: c (NodeStatusUnknown). " +
            "Repair or remove it; the DaemonSet needs no further update.",
        );
      }
    });

    it("still waits for the others: those with an earlier revision, those on their way, and those without a pod", () => {
      const lost = on("c", "old", false);
      const cases = [
        [on("a", "new", true), on("b", "old", true), lost],
        [on("a", "new", true), on("b", "new", false), lost],
        [on("a", "new", true), on("b", "new", true), on("b", "old", true, leaving), on("b", "old", true), lost],
        [on("a", "new", true), lost],
      ];
      for (const pods of cases) assert.equal(judged(daemonSet(3, 2, 2), pods).state, "rollingOut");
      assert.match(
        judged(daemonSet(3, 1, 1), cases[1] ?? []).message,
        /; not ready: pod b-new on node b; nodes that are not ready: c \(NodeStatusUnknown\)\. Wait, /,
      );
      // The numbers are about an earlier change.
      const rolled = [on("a", "new", true), on("b", "new", true), lost];
      assert.equal(judged(daemonSet(3, 2, 2, 1), rolled).state, "rollingOut");
    });

    it("does not take one that should have no pod for one of those that should", () => {
      const set = daemonSet(2, 1, 1);
      const misscheduled = { ...set, status: { ...set.status, numberMisscheduled: 1 } };
      const lost = on("c", "old", false);
      assert.equal(judged(misscheduled, [on("a", "new", true), lost]).state, "rollingOut");
      const away: RolloutFacts = { revision: "new", lost: { c: "NodeStatusUnknown", d: "NodeStatusUnknown" } };
      const two = { ...set, status: { ...set.status, numberMisscheduled: 2 } };
      assert.equal(judged(two, [on("a", "new", true), lost, on("d", "old", false)], away).state, "rollingOut");
    });

    it("does not count a pod on them as a problem, but those of other nodes", () => {
      const failing = (node: string): PodState => ({ ...waiting("CrashLoopBackOff"), spec: { nodeName: node } });
      const rolled = [on("a", "new", true), on("b", "new", true)];
      assert.equal(judged(daemonSet(3, 3, 2), [...rolled, failing("c")]).state, "withoutLost");
      assert.equal(
        judged(daemonSet(3, 3, 1), [on("a", "new", true), failing("b"), on("c", "old", false)]).state,
        "notReady",
      );
    });

    it("knows the node of a pod that no scheduler has placed", () => {
      const nodeSelectorTerms = [{ matchFields: [{ key: "metadata.name", values: ["c"] }] }];
      const unplaced: PodState = {
        metadata: { name: "c-new" },
        spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } },
        status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: "no room" }] },
      };
      assert.equal(judged(daemonSet(2, 2, 1), [on("a", "new", true), unplaced]).state, "withoutLost");
    });

    it("is not ready if no node is ready", () => {
      const { state, message } = judged(daemonSet(1, 0, 0), [on("c", "old", false)]);
      assert.deepEqual(
        [state, message],
        ["notReady", "None of its nodes is ready: c (NodeStatusUnknown). Repair the nodes."],
      );
    });
  });

  it("passes over evicted pods of a Deployment that are replaced", () => {
    const evicted = pod({ phase: "Failed", reason: "Terminated", message: "Pod was terminated: node shutdown" });
    assert.equal(health(daemonSet(2, 2, 2), evicted).state, "ready");
    assert.equal(health(daemonSet(2, 2, 1), evicted).state, "notReady");
  });

  it("names a pod that has no node, with the scheduler's message", () => {
    const pending = pod({
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available: Insufficient memory" }],
    });
    assert.deepEqual(health(daemonSet(3, 3, 2), pending), {
      name: "telemetry-otlp-gateway",
      kind: "gateway",
      state: "notReady",
      message:
        "Pod gateway-1 on node node-1 cannot be scheduled: 0/3 nodes are available: Insufficient memory. " +
        "Free resources on the node, or lower gateway.resources.",
    });
    const tainted = "0/1 nodes are available: 1 node(s) had untolerated taint(s).";
    const conditions = [{ type: "PodScheduled", status: "False", message: tainted }];
    assert.ok(
      health(daemonSet(3, 3, 2), pod({ phase: "Pending", conditions })).message.endsWith(
        `${tainted} Set gateway.tolerations, such as [{ operator: Exists }] for all taints, or select other nodes by gateway.nodeSelector.`,
      ),
    );
  });

  const problems: readonly [string, PodState, RegExp][] = [
    [
      "an image that cannot be had",
      waiting("ImagePullBackOff"),
      /cannot pull its image collector:1 .*Check gateway\.image/,
    ],
    [
      "a crash loop",
      waiting("CrashLoopBackOff", { terminated: { reason: "Error", exitCode: 1 } }),
      /exits repeatedly \(exit code 1, 4 restarts\)\. Run kubectl -n telemetry logs --previous gateway-1\./,
    ],
    [
      "too little memory",
      waiting("CrashLoopBackOff", { terminated: { reason: "OOMKilled", exitCode: 137 } }),
      /exceeded its memory limit \(OOMKilled, 4 restarts\)\. Raise gateway\.resources\.limits\.memory\./,
    ],
    ["a missing Secret", waiting("CreateContainerConfigError"), /does not start \(CreateContainerConfigError\)/],
    ["an eviction", pod({ phase: "Failed", reason: "Evicted", message: "disk" }), /failed \(Evicted: disk\)/],
  ];
  for (const [what, broken, message] of problems) {
    it(`names ${what}, with the pod and the remedy`, () => {
      const found = health(daemonSet(3, 3, 2), broken);
      assert.equal(found.state, "notReady");
      assert.match(found.message, message);
    });
  }

  it("names the remedy for files that a node's crash has damaged, for a log agent that crashes", () => {
    const logAgent = { kind: "log-agent", workload: "DaemonSet", name: "telemetry-log-agent" } as const;
    const crashing = waiting("CrashLoopBackOff", { terminated: { reason: "Error", exitCode: 2 } });
    assert.equal(
      workloadHealth("telemetry-logs", logAgent, daemonSet(3, 3, 2), [crashing]).message,
      "Pod gateway-1 on node node-1 exits repeatedly (exit code 2, 4 restarts). " +
        "Run kubectl -n telemetry-logs logs --previous gateway-1. If this log names `bbolt` or an `invalid database`, a " +
        "crash of the node has damaged the log agent's files there: delete them as docs/container-logs.md describes. If it " +
        "names `permission denied`, the node may enforce SELinux: set logAgent.seLinuxOptions as that page describes.",
    );
  });

  it("does not name pods that start as usual or are ending", () => {
    const leaving = pod({ phase: "Failed" }, { deletionTimestamp: new Date() });
    assert.equal(health(daemonSet(3, 3, 2), waiting("ContainerCreating"), leaving).state, "rollingOut");
  });

  it("names three pods and counts the others", () => {
    const broken = Array.from({ length: 5 }, () => waiting("ImagePullBackOff"));
    assert.match(health(daemonSet(5, 5, 0), ...broken).message, /2 more pods have problems\.$/);
  });
});
