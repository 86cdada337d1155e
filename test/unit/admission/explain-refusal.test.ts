import assert from "node:assert/strict";
import { explainRefusal, type LimitRange } from "../../../components/admission";

const ranges: LimitRange[] = [
  { name: "narrow", limits: [{ type: "Container", max: { memory: "256Mi", cpu: "500m" } }] },
  { name: "narrower", limits: [{ type: "Container", max: { memory: "128Mi" } }] },
  { name: "wide", limits: [{ type: "Container", min: { memory: "200Mi" } }] },
  { name: "ratio", limits: [{ type: "Container", maxLimitRequestRatio: { memory: "2" } }] },
  { name: "disk", limits: [{ type: "Pod", min: { "ephemeral-storage": "1Gi" }, max: { "ephemeral-storage": "2Gi" } }] },
  { name: "defaults", limits: [{ type: "Container", default: { cpu: "50m" } }] },
  { name: "other", limits: [{ type: "PersistentVolumeClaim", max: { storage: "1Gi" } }] },
];

/** The API server's words after the name of the pod, and the explanation, in which `…` stands for all of its words. */
type Case = readonly [name: string, words: string, expected: string];

function explains(cases: readonly Case[]): void {
  for (const [name, words, expected] of cases) {
    it(name, () => {
      const detail = `pods "x" is forbidden: ${words}`;
      const told = explainRefusal({ detail, namespace: "telemetry", collector: "logAgent", ranges });
      assert.equal(told && `${told.problem}. ${told.remedy}`, expected.replace("…", detail));
    });
  }
}

describe("A pod that a ResourceQuota refuses is explained", () => {
  explains([
    [
      "if it lacks a CPU limit",
      "failed quota: all: must specify limits.cpu for: collector",
      "lacks limits.cpu, which ResourceQuota all of namespace telemetry requires (…). Set logAgent.resources.limits.cpu to what a collector needs on the busiest node",
    ],
    [
      "if it lacks several amounts, with all of them",
      "failed quota: all: must specify limits.cpu for: collector; requests.cpu for: collector; limits.ephemeral-storage for: collector",
      "lacks limits.cpu, requests.cpu and limits.ephemeral-storage, which ResourceQuota all of namespace telemetry requires (…). Set logAgent.resources.limits.cpu to what a collector needs on the busiest node, and set logAgent.resources.requests.cpu, and give the namespace a LimitRange with a default for ephemeral-storage",
    ],
    [
      "if a container lacks them that the cluster has added, for which there is no setting",
      "failed quota: all: must specify cpu for: proxy; limits.cpu for: collector,proxy",
      "lacks cpu of container proxy, limits.cpu and limits.cpu of container proxy, which ResourceQuota all of namespace telemetry requires (…). Give the namespace a LimitRange with a defaultRequest for cpu, and set logAgent.resources.limits.cpu to what a collector needs on the busiest node, and give the namespace a LimitRange with a default for cpu",
    ],
    [
      "if it asks for more than there is",
      "exceeded quota: small, requested: limits.memory=512Mi,memory=128Mi, used: limits.memory=0,memory=0, limited: limits.memory=256Mi,memory=64Mi",
      "does not fit ResourceQuota small of namespace telemetry (…). Raise the quota, or lower logAgent.resources.limits.memory and logAgent.resources.requests.memory",
    ],
    [
      "if the rest is less than the settings can ask for",
      "exceeded quota: small, requested: limits.memory=512Mi,requests.cpu=50m, used: limits.memory=512Mi,requests.cpu=50m, limited: limits.memory=640Mi,requests.cpu=50m",
      "does not fit ResourceQuota small of namespace telemetry (…). Raise the quota: logAgent.resources.limits.memory cannot be less than 192Mi",
    ],
    [
      "if there is no room for its CPU limit",
      "exceeded quota: small, requested: limits.cpu=500m, used: limits.cpu=1995m, limited: limits.cpu=2",
      "does not fit ResourceQuota small of namespace telemetry (…). Raise the quota: logAgent.resources.limits.cpu cannot be less than 10m",
    ],
    [
      "if there are too many pods, which no setting changes",
      "exceeded quota: few, requested: pods=1,requests.cpu=100m, used: pods=9,requests.cpu=1, limited: pods=9,requests.cpu=1",
      "does not fit ResourceQuota few of namespace telemetry (…). Raise the quota",
    ],
    [
      "if a LimitRange gives it disk space",
      "exceeded quota: disk, requested: requests.ephemeral-storage=1Gi, used: requests.ephemeral-storage=0, limited: requests.ephemeral-storage=0",
      "does not fit ResourceQuota disk of namespace telemetry (…). Raise the quota, or lower the defaultRequest for ephemeral-storage in the LimitRange that sets it",
    ],
  ]);
});

describe("A pod that a LimitRange refuses is explained", () => {
  explains([
    [
      "if its limit is above the largest",
      "maximum memory usage per Container is 256Mi, but limit is 512Mi",
      "breaks LimitRange narrow of namespace telemetry (…). Set logAgent.resources.limits.memory to at most 256Mi, or change the LimitRange",
    ],
    [
      "if the largest is less than a collector needs",
      "maximum memory usage per Container is 128Mi, but limit is 512Mi",
      "breaks LimitRange narrower of namespace telemetry (…). Let the LimitRange allow more memory: logAgent.resources.limits.memory cannot be less than 192Mi",
    ],
    [
      "if it breaks two rules",
      "[maximum cpu usage per Container is 500m.  No limit is specified, minimum memory usage per Container is 200Mi, but request is 128Mi]",
      "breaks LimitRange narrow and wide of namespace telemetry (…). Set logAgent.resources.limits.cpu to at most 500m, and set logAgent.resources.requests.memory to at least 200Mi, or change the LimitRange",
    ],
    [
      "if its limit is too far from its request",
      "memory max limit to request ratio per Container is 2, but provided ratio is 4.000000",
      "breaks LimitRange ratio of namespace telemetry (…). Choose logAgent.resources.limits.memory and requests.memory so that the limit is at most 2 times the request, or change the LimitRange",
    ],
    [
      "if the LimitRange may not be read",
      "maximum memory usage per Pod is 256Mi, but limit is 536870912",
      "breaks a LimitRange of namespace telemetry (…). Set logAgent.resources.limits.memory to at most 256Mi, or change the LimitRange",
    ],
    [
      "if it has no disk space, for which there is no setting",
      "minimum ephemeral-storage usage per Pod is 1Gi.  No request is specified",
      "breaks LimitRange disk of namespace telemetry (…). Add `{ type: Container, defaultRequest: { ephemeral-storage: 1Gi } }` to the limits of the LimitRange, because no setting sets ephemeral-storage",
    ],
    [
      "if it has no limit of its disk space",
      "maximum ephemeral-storage usage per Pod is 2Gi.  No limit is specified",
      "breaks LimitRange disk of namespace telemetry (…). Add `{ type: Container, default: { ephemeral-storage: 2Gi } }` to the limits of the LimitRange, because no setting sets ephemeral-storage",
    ],
    [
      "if the cluster gives it too much disk space",
      "maximum ephemeral-storage usage per Pod is 2Gi, but limit is 3Gi",
      "breaks LimitRange disk of namespace telemetry (…). Lower the default for ephemeral-storage to 2Gi, in the LimitRange that sets it",
    ],
    [
      "if its disk space has no ratio",
      "[minimum cpu usage per Container is 200m, but request is 100m, ephemeral-storage max limit to request ratio per Container is 2, but no request is specified or request is 0]",
      "breaks a LimitRange of namespace telemetry (…). Set logAgent.resources.requests.cpu to at least 200m, and give containers a default and a defaultRequest for ephemeral-storage in the LimitRange, so that the default is at most 2 times the defaultRequest",
    ],
  ]);

  const tooLow = (request: string, resource: string, limit: string): string =>
    `Pod "x" is invalid: spec.containers[0].resources.requests: Invalid value: "${request}": must be less than or equal to ${resource} limit of ${limit}`;
  const told = (detail: string, known = ranges): string => {
    const { problem = "", remedy = "" } =
      explainRefusal({ detail, namespace: "telemetry", collector: "gateway", ranges: known }) ?? {};
    return `${problem.replace(detail, "…")}. ${remedy}`;
  };

  it("if its default is below the request", () => {
    const remedy =
      "Set gateway.resources.limits.cpu to what a collector needs on the busiest node, or gateway.resources.requests.cpu to at most 50m";
    assert.equal(
      told(tooLow("100m", "cpu", "50m")),
      `reserves 100m of cpu, more than the limit of 50m that LimitRange defaults of namespace telemetry gives it (…). ${remedy}`,
    );
    assert.equal(
      told(tooLow("100m", "cpu", "50m"), []),
      `reserves 100m of cpu, more than the limit of 50m that the cluster gives it (…). ${remedy}`,
    );
  });

  it("if something else in the cluster lowers its memory limit", () => {
    assert.equal(
      told(tooLow("128Mi", "memory", "64Mi")),
      "reserves 128Mi of memory, more than the limit of 64Mi that the cluster gives it (…). Set gateway.resources.requests.memory to at most 64Mi",
    );
  });
});

describe("A pod that the cluster does not admit is explained", () => {
  explains([
    [
      "if its priority class does not exist",
      "no PriorityClass with name vital was found",
      "has a priority class that the cluster does not have (…). Create it, or correct logAgent.priorityClassName",
    ],
    [
      "if its priority class needs a quota",
      "insufficient quota to match these scopes: [{PriorityClass In [system-node-critical]}]",
      "has a priority class for which namespace telemetry needs a quota (…). Create a ResourceQuota there whose scopeSelector names that class, or name another class in logAgent.priorityClassName",
    ],
  ]);
});
