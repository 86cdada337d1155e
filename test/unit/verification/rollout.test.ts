import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { rolloutProvider, type RolloutState } from "../../../components/proof/rollout-provider";
import { follow } from "../../../components/verification/await-rollout";
import type { Cluster } from "../../../components/verification/cluster";
import { suspectNodes } from "../../../components/verification/daemon-nodes";
import { lostOf } from "../../../components/verification/lost-nodes";
import type { PodState } from "../../../components/verification/pod-facts";
import { latestRefusal } from "../../../components/verification/pod-refusal";
import { nextStep, type RolloutMemory } from "../../../components/verification/rollout-progress";
import { deploymentState, type WorkloadHealth } from "../../../components/verification/workload-health";

type Revision = "old" | "new";

/** The way in which a node handles the pod of the new revision. */
type NodeKind = "good" | "dead" | "broken" | "refused";

const collector = { kind: "agent", workload: "DaemonSet", name: "telemetry-metric-agent" } as const;

/** The time of the workload's last change, and a refusal that the controller has met since then. */
const [changed, quota] = [
  "2026-05-01T12:00:00Z",
  'pods "telemetry-metric-agent-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1',
];

/**
 * A DaemonSet's controller, as it counts: pods that are not available, on dead nodes too, against the
 * number that may be. It proves the reaction of a wait, and nothing about a real controller.
 */
class Controller implements Pick<
  Cluster,
  "workload" | "pods" | "revision" | "lostNodes" | "podRefusal" | "limitRanges" | "deletePod"
> {
  readonly deleted: string[] = [];
  refusal = quota;
  refusedAt = changed;
  isSilent = false;
  private readonly pod = new Map<string, { revision: Revision; ready: boolean }>();

  constructor(
    private readonly nodes: Readonly<Record<string, NodeKind>>,
    private readonly maxUnavailable: number | string = "10%",
    private readonly maxSurge = 0,
  ) {
    for (const [node, kind] of Object.entries(nodes)) this.pod.set(node, { revision: "old", ready: kind !== "dead" });
  }

  /** One turn of the controller and the kubelets. */
  private turn(): void {
    const all = [...this.pod].filter(([, { ready }]) => !ready).length;
    const most = typeof this.maxUnavailable === "number" ? this.maxUnavailable : 1;
    const [next] = [...this.pod].filter(([, { revision, ready }]) => revision === "old" && ready);
    for (const [node, pod] of this.pod) {
      if (pod.revision === "new" && this.nodes[node] === "good") pod.ready = true;
    }
    if (next && all < most) this.replace(next[0]);
  }

  private replace(node: string): void {
    if (this.nodes[node] === "refused") return this.maxSurge > 0 ? undefined : void this.pod.delete(node);
    this.pod.set(node, { revision: "new", ready: false });
  }

  workload(): ReturnType<Cluster["workload"]> {
    if (this.isSilent) return Promise.reject(new Error("no route"));
    this.turn();
    const count = (keep: (pod: { revision: Revision; ready: boolean }) => boolean): number =>
      [...this.pod.values()].filter(keep).length;
    return Promise.resolve({
      metadata: {
        generation: 2,
        managedFields: [{ time: changed }, { subresource: "status", time: "2026-05-01T12:05:00Z" }],
      },
      spec: { updateStrategy: { rollingUpdate: { maxSurge: this.maxSurge, maxUnavailable: this.maxUnavailable } } },
      status: {
        observedGeneration: 2,
        desiredNumberScheduled: Object.keys(this.nodes).length,
        updatedNumberScheduled: count(({ revision }) => revision === "new"),
        numberReady: count(({ ready }) => ready),
      },
    });
  }

  pods(): ReturnType<Cluster["pods"]> {
    const broken = [{ image: "x", restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } }];
    return Promise.resolve(
      [...this.pod].map(([node, { revision, ready }]): PodState => ({
        metadata: { name: `${node}-${revision}`, labels: { "controller-revision-hash": revision } },
        spec: { nodeName: node },
        status: {
          phase: "Running",
          conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
          ...(this.nodes[node] === "broken" && revision === "new" && { containerStatuses: broken }),
        },
      })),
    );
  }

  revision = (): Promise<string> => Promise.resolve("new");

  lostNodes(names: readonly string[]): ReturnType<Cluster["lostNodes"]> {
    const dead = names.filter((name) => this.nodes[name] === "dead");
    return Promise.resolve(Object.fromEntries(dead.map((name) => [name, "NodeStatusUnknown"])));
  }

  podRefusal(_namespace: string, _daemonSet: string, since: number): ReturnType<Cluster["podRefusal"]> {
    const isRefused = Object.values(this.nodes).includes("refused") && new Date(this.refusedAt).getTime() >= since;
    return Promise.resolve(isRefused ? this.refusal : undefined);
  }

  limitRanges = (): ReturnType<Cluster["limitRanges"]> =>
    Promise.resolve([{ name: "sizes", limits: [{ type: "Container", max: { memory: "256Mi" } }] }]);

  deletePod(_namespace: string, pod: string): Promise<void> {
    this.deleted.push(pod);
    this.replace(pod.split("-")[0] ?? "");
    return Promise.resolve();
  }
}

/** Follows with a clock that goes on by five seconds each time it is read. */
async function followed(controller: Controller) {
  let time = 0;
  const now = (): number => (time += 5_000);
  const answer = await follow(
    controller as unknown as Cluster,
    { namespace: "telemetry", collector },
    { interval: 1, now },
  );
  return { answer, seconds: time / 1000 };
}

const consequences = [
  "Pods that were not replaced keep their configuration.",
  "Remove the cause and run `pulumi up` again, or undo the change.",
].join("\n");

describe("the wait for a rollout", () => {
  it("ends when all nodes have the new pods, and leaves the pods to their controller", async () => {
    const controller = new Controller({ a: "good", b: "good", c: "good" });
    assert.deepEqual((await followed(controller)).answer, {});
    assert.deepEqual(controller.deleted, []);
  });

  it("does not wait for a dead node, names it, and rolls the others if the controller does not", async () => {
    const controller = new Controller({ a: "dead", b: "good", c: "good" });
    assert.deepEqual((await followed(controller)).answer, {
      warning:
        "telemetry-metric-agent: Runs on 2 nodes of 3. This node is not ready: a (NodeStatusUnknown). " +
        "Repair or remove it; the DaemonSet needs no further update.",
    });
    assert.deepEqual(controller.deleted.sort(), ["b-old", "c-old"], "each once");
  });

  it("leaves the pods to a controller that may have more pods unavailable than there are dead nodes", async () => {
    const controller = new Controller({ a: "dead", b: "good", c: "good" }, 2);
    assert.ok((await followed(controller)).answer.warning);
    assert.deepEqual(controller.deleted, []);
  });

  it("fails when new pods do not start, and touches no other node then, also beside a dead one", async () => {
    const kinds: Record<string, NodeKind>[] = [
      { b: "broken", c: "good" },
      { a: "dead", b: "broken", c: "good" },
    ];
    for (const nodes of kinds) {
      const controller = new Controller(nodes);
      const { answer, seconds } = await followed(controller);
      assert.equal(
        answer.failure,
        "DaemonSet telemetry-metric-agent has not rolled out. Pod b-new on node b exits repeatedly (exit code unknown, " +
          `3 restarts). Run kubectl -n telemetry logs --previous b-new.\n${consequences}`,
      );
      assert.ok(seconds > 120 && seconds < 200, `${seconds} s`);
      assert.ok(!controller.deleted.includes("c-old"));
    }
  });

  it("fails after five minutes without progress", async () => {
    // The wait does not know that the node is dead.
    const controller = new Controller({ a: "dead", b: "good" });
    controller.revision = () => Promise.reject(new Error("forbidden"));
    const { answer, seconds } = await followed(controller);
    assert.match(answer.failure ?? "", /^DaemonSet telemetry-metric-agent has not rolled out\. 0 of 2 nodes have /);
    assert.ok(seconds > 300 && seconds < 400, `${seconds} s`);
  });

  it("takes no progress back when nodes go, as an autoscaler removes them", () => {
    const health: WorkloadHealth = { name: collector.name, kind: "agent", state: "rollingOut", message: "" };
    let memory: RolloutMemory | undefined;
    const at = (seconds: number, ...rolled: string[]): string => {
      const nodes = { rolled, old: ["z"], moving: [], lost: [] };
      const step = nextStep({ health, workload: {}, nodes, at: seconds * 1000 }, memory);
      if (step.kind === "wait") memory = step.memory;
      return step.kind;
    };
    assert.deepEqual(
      [at(0), at(10, "a", "b", "c"), at(20, "c"), at(300, "c", "d"), at(590, "d")],
      Array(5).fill("wait"),
    );
    // Nodes that were done before do not count as progress.
    assert.equal(at(601, "a", "b", "c", "d"), "failed");
  });

  const failureOf = async (controller: Controller): Promise<string> =>
    ((await followed(controller)).answer.failure ?? "").replace(`\n${consequences}`, "").replace(quota, "…");
  const blocked =
    "DaemonSet telemetry-metric-agent has not rolled out. " +
    "A new pod does not fit ResourceQuota small of namespace telemetry (…). Raise the quota.";

  it("names why the API server refuses pods, such as a quota that holds only some", async () => {
    assert.equal(await failureOf(new Controller({ a: "good", b: "refused" })), blocked);
  });

  it("names it also with a surge, where all nodes keep an earlier pod", async () => {
    const controller = new Controller({ a: "refused", b: "refused", c: "refused" }, 0, 1);
    assert.equal(await failureOf(controller), blocked);
    assert.equal((await controller.pods()).length, 3);
    // Without the right to read revisions.
    const unread = new Controller({ a: "refused", b: "good" }, 0, 1);
    unread.revision = () => Promise.reject(new Error("forbidden"));
    assert.equal(await failureOf(unread), blocked);
  });

  it("names the LimitRange and the setting", async () => {
    const controller = new Controller({ a: "refused" });
    controller.refusal = 'pods "x" is forbidden: maximum memory usage per Container is 256Mi, but limit is 512Mi';
    assert.equal(
      (await failureOf(controller)).replace(controller.refusal, "…"),
      "DaemonSet telemetry-metric-agent has not rolled out. A new pod breaks LimitRange sizes of namespace telemetry (…). " +
        "Set agent.resources.limits.memory to at most 256Mi, or change the LimitRange.",
    );
    controller.refusal = "Something new";
    assert.match(await failureOf(controller), / A new pod is refused \(Something new\)\. Remove the cause\.$/);
  });

  it("does not name a refusal before the change, nor one where all pods were made", async () => {
    const earlier = new Controller({ a: "refused" });
    earlier.refusedAt = "2026-05-01T11:59:59Z";
    assert.match(
      await failureOf(earlier),
      /has not rolled out\. 0 of 1 node have the current configuration, 0 are ready/,
    );
    const made = new Controller({ a: "broken" });
    made.podRefusal = () => Promise.resolve(quota);
    assert.match(await failureOf(made), /has not rolled out\. Pod a-new on node a exits repeatedly/);
  });

  it("fails when the cluster is silent for two minutes, and not for less", async () => {
    const controller = new Controller({ a: "good" });
    controller.isSilent = true;
    const { answer, seconds } = await followed(controller);
    assert.match(answer.failure ?? "", /has not rolled out\. The cluster did not answer\./);
    assert.ok(seconds > 120, `${seconds} s`);
  });
});

describe("the refusal of a pod", () => {
  const at = (lastTimestamp: string, message: string) => ({ lastTimestamp: new Date(lastTimestamp), message });
  const since = new Date("2026-05-01T12:00:00Z").getTime();

  it("is the latest since the change, only the API server's own message", () => {
    const events = [
      at("2026-05-01T12:00:00Z", "Error creating: first"),
      at("2026-05-01T12:00:05Z", "(combined from similar events): Error creating: second"),
      at("2026-05-01T11:59:59Z", "Error creating: earlier"),
    ];
    assert.equal(latestRefusal(events, since), "second");
    assert.equal(latestRefusal(events.slice(2), since), undefined);
    assert.equal(latestRefusal([], since), undefined);
  });

  it("has its time in another field in the newer form of events", () => {
    const event = { eventTime: "2026-05-01T12:00:01Z", lastTimestamp: null, message: "Error creating: it" };
    assert.equal(latestRefusal([event], since), "it");
  });

  it("is in the state of a Deployment", () => {
    const failure = { type: "ReplicaFailure", status: "True", message: "exceeded quota: small" };
    assert.equal(deploymentState({ status: { conditions: [failure] } }).refusal, "exceeded quota: small");
    assert.equal(deploymentState({ status: { conditions: [{ ...failure, status: "False" }] } }).refusal, undefined);
  });
});

describe("a node", () => {
  const pod = (change: object): PodState => ({
    metadata: { name: "x", creationTimestamp: new Date(0), ...change },
    spec: { nodeName: "a" },
  });

  it("is suspect when its pod takes longer to start or to end than usual", () => {
    assert.deepEqual(suspectNodes([pod({})], 10_000), []);
    assert.deepEqual(suspectNodes([pod({})], 30_000), ["a"]);
    assert.deepEqual(suspectNodes([pod({ deletionTimestamp: new Date(20_000) })], 30_000), []);
    assert.deepEqual(suspectNodes([pod({ deletionTimestamp: "1970-01-01T00:00:05Z" })], 30_000), ["a"]);
  });

  it("is lost when it is gone, or is not ready, with the reason of Kubernetes", () => {
    const node = (status: string, reason: string) => ({ status: { conditions: [{ type: "Ready", status, reason }] } });
    assert.deepEqual(
      lostOf([
        ["a", node("True", "KubeletReady")],
        ["b", node("Unknown", "NodeStatusUnknown")],
        ["c", node("False", "KubeletNotReady")],
        ["d", undefined],
        ["e", {}],
      ]),
      { b: "NodeStatusUnknown", c: "KubeletNotReady", d: "deleted", e: "no state reported" },
    );
  });
});

describe("the provider of the wait", () => {
  const state: RolloutState = { access: {}, namespace: "telemetry", collector, revision: "uid/1", warning: "" };

  it("waits again after each change of the workload, and after nothing else", async () => {
    const changes = async (news: Partial<RolloutState>) =>
      (await rolloutProvider.diff?.("id", state, { ...state, ...news }))?.changes;
    assert.equal(await changes({ access: { context: "other" } }), false);
    assert.equal(await changes({ revision: "uid/2" }), true);
    assert.equal(await changes({ revision: pulumi.runtime.unknownValue }), true);
  });

  it("is shipped as text that needs nothing but Node's own modules, and holds no secret", async () => {
    const { text, containsSecrets } = await pulumi.runtime.serializeFunction(() => rolloutProvider, {
      allowSecrets: true,
    });
    const required = [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(required)].sort(), ["child_process", "fs", "module"]);
    assert.equal(containsSecrets, false);
    assert.ok(!text.includes(process.cwd()), "it names a folder of this machine");
  });
});
