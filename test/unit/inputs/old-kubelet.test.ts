import assert from "node:assert/strict";
import { agentPlans } from "../../../components/plan/agent-plan";
import type { CollectorPlan } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";
import { pipeline, selections } from "../helpers/models";

const { settings } = parsePipelines({ allowNoPipelines: true }, { now: new Date() });

function planFor(kubernetesMinor: number | undefined, ...metrics: string[]): CollectorPlan {
  const model = pipeline("metrics", "a", { pull: { runtime: selections.runtime(metrics) } });
  const plans = agentPlans([model], settings, { mesh: false, namespace: "telemetry", kubernetesMinor });
  return plans.find(({ name }) => name === "telemetry-metric-agent") ?? assert.fail("no agent");
}

const readsPods = ({ rights }: CollectorPlan): boolean => JSON.stringify(rights.cluster).includes('"nodes/pods"');

describe("a kubelet whose list of pods needs the right to run commands", () => {
  const metrics = ["k8s.volume.available", "k8s.pod.cpu_limit_utilization", "k8s.pod.cpu.usage"];
  const why =
    "A kubelet of Kubernetes 1.32 gives its list of pods only to those who may run commands in them " +
    "(1.33 has a right to the list alone)";

  it("is not asked for the list: everything else is collected, and the difference is named", () => {
    const plan = planFor(32, ...metrics);
    assert.deepEqual(plan.notes, [
      `${why}: metrics of volumes have no k8s.volume.type and no k8s.persistentvolumeclaim.name, ` +
        "and volumes that end with their pod are not left out.",
      `${why}: these metrics are left out: k8s.pod.cpu_limit_utilization.`,
    ]);
    assert.ok(!readsPods(plan));
    assert.doesNotMatch(plan.configuration, /extra_metadata_labels/);
    assert.match(plan.configuration, /k8s\.volume\.available:\n\s+enabled: true/);
    assert.match(plan.configuration, /k8s\.pod\.cpu_limit_utilization:\n\s+enabled: false/);
  });

  it("is recognized by its version only: a newer or unknown one gives everything", () => {
    for (const minor of [33, undefined]) {
      const plan = planFor(minor, ...metrics);
      assert.deepEqual(plan.notes, []);
      assert.ok(readsPods(plan));
      assert.match(plan.configuration, /extra_metadata_labels/);
      assert.match(plan.configuration, /k8s\.pod\.cpu_limit_utilization:\n\s+enabled: true/);
    }
  });

  it("makes no difference if no pipeline needs the list", () => {
    assert.deepEqual(planFor(30, "k8s.pod.cpu.usage").notes, []);
  });
});
