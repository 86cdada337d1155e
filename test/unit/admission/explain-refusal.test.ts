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

/** The API server's text after the name of the pod, and the explanation, in which `…` stands for the whole text. */
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
      `reserves 100m of CPU, more than the limit of 50m that LimitRange defaults of namespace telemetry gives it (…). ${remedy}`,
    );
    assert.equal(
      told(tooLow("100m", "cpu", "50m"), []),
      `reserves 100m of CPU, more than the limit of 50m that the cluster gives it (…). ${remedy}`,
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
      "if a webhook denies it, in whatever words",
      'admission webhook "validate.kyverno.svc-fail" denied the request: It violates PodSecurity "restricted:latest"',
      "is denied by the admission webhook validate.kyverno.svc-fail (…). Satisfy its rule by logAgent.image, logAgent.labels or logAgent.annotations, or exempt namespace telemetry from the rule",
    ],
    [
      "if a policy denies it",
      "ValidatingAdmissionPolicy 'owners' with binding 'owners-everywhere' denied request: the label owner is missing",
      "is denied by the ValidatingAdmissionPolicy owners (…). Satisfy its rule by logAgent.image, logAgent.labels or logAgent.annotations, or exempt namespace telemetry from the rule",
    ],
    [
      "if its namespace has no longer the label of the program",
      'violates PodSecurity "restricted:latest": hostPath volumes (volume "logs")',
      "breaks the Pod Security Standard restricted, which namespace telemetry enforces (…). Run `pulumi up --refresh`, which restores the namespace's label pod-security.kubernetes.io/enforce: privileged",
    ],
    [
      "if OpenShift does not allow it",
      'unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount]',
      "is allowed by no SecurityContextConstraint of OpenShift (…). Let the service accounts of namespace telemetry use one that allows it, such as privileged",
    ],
    [
      "if its namespace is being deleted",
      "unable to create new content in namespace telemetry because it is being terminated",
      "would be in namespace telemetry, which is being deleted (…). Wait until it is gone, then run `pulumi up --refresh`. If it stays, kubectl describe namespace telemetry names the cause",
    ],
    [
      "if its service account was deleted",
      'error looking up service account telemetry/telemetry-log-agent: serviceaccount "telemetry-log-agent" not found',
      "has a service account that does not exist in namespace telemetry (…). Run `pulumi up --refresh`, which creates the account again",
    ],
    [
      "if the cluster has not counted a quota yet",
      "status unknown for quota: all, resources: limits.memory",
      "came before the cluster had counted the usage of ResourceQuota all of namespace telemetry (…). Run `pulumi up` again. If this stays, check that the cluster's kube-controller-manager runs",
    ],
    [
      "if the cluster allows resources only under a quota",
      "insufficient quota to consume: limits.memory,pods",
      "uses resources for which namespace telemetry needs a quota (…). Create a ResourceQuota there for limits.memory and pods",
    ],
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
    [
      "if its namespace does not allow its tolerations",
      "pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist",
      "has tolerations that the cluster does not allow in namespace telemetry (…). Set logAgent.tolerations to some that it allows, or change the namespace's annotation scheduler.alpha.kubernetes.io/tolerationsWhitelist",
    ],
    [
      "if its namespace does not allow its nodes",
      "pod node label selector conflicts with its namespace node label selector",
      "selects nodes that the cluster does not allow in namespace telemetry (…). Correct logAgent.nodeSelector, or change the namespace's annotation scheduler.alpha.kubernetes.io/node-selector",
    ],
    [
      "if the API server has just started",
      "not yet ready to handle request",
      "met an API server that has not finished its start (…). Run `pulumi up` again",
    ],
    [
      "if it breaks a rule that nobody knows here",
      "the moon is full",
      "breaks a rule of the cluster (…). Change the settings of logAgent that the rule is about, or the rule",
    ],
  ]);

  const told = (detail: string): string | undefined => {
    const explained = explainRefusal({ detail, namespace: "telemetry", collector: "gateway" });
    return explained && `${explained.problem.replace(detail, "…")}. ${explained.remedy}`;
  };

  it("if something has been added to a pod that keeps all standards", () => {
    assert.equal(
      told('pods "x" is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities'),
      "breaks the Pod Security Standard restricted, which namespace telemetry enforces (…). Remove what breaks it from gateway.annotations, or exempt namespace telemetry from the webhook that adds it",
    );
    assert.match(
      told('pods "x" is forbidden: unable to validate against any security context constraint: []') ?? "",
      / such as nonroot-v2$/,
    );
  });

  it("if a webhook does not answer", () => {
    assert.equal(
      told(
        'Internal error occurred: failed calling webhook "inject.example.com": failed to call webhook: Post "https://inject.mesh.svc:443/inject?timeout=10s": no endpoints available for service "inject"',
      ),
      "could not be checked by the admission webhook inject.example.com (…). Repair the webhook, or exempt namespace telemetry from it",
    );
  });

  it("if its namespace is gone", () => {
    assert.equal(
      told('namespaces "telemetry" not found'),
      "would be in namespace telemetry, which does not exist (…). Run `pulumi up --refresh`, which creates the namespace again",
    );
  });

  it("if the ConfigMap is refused that it would mount", () => {
    assert.equal(
      told(
        'configmaps "x" is forbidden: exceeded quota: few, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3',
      ),
      "could not be run: its ConfigMap does not fit ResourceQuota few of namespace telemetry (…). Raise the quota",
    );
    assert.match(
      told(
        'configmaps "x" is forbidden: unable to create new content in namespace telemetry because it is being terminated',
      ) ?? "",
      /^could not be run: its ConfigMap would be in namespace telemetry, which is being deleted/,
    );
  });

  it("but not if a right is missing", () => {
    for (const object of ["pods is", 'pods "x" is', 'configmaps "x" is']) {
      const words = `forbidden: User "ci" cannot create resource "pods" in API group "" in the namespace "telemetry"`;
      assert.equal(told(`${object} ${words}`), undefined);
    }
  });
});
