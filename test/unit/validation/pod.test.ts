import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { podViolations } from "../../../policy/rules/restricted-pods";
import { validationPod } from "../../../components/validation/validation-pod";
import { stateOf } from "../../../components/validation/pod-state";
import type { LimitRange } from "../../../components/admission";
import { refusalOf } from "../../../components/validation/refused-request";
import { restrictedContainer, restrictedPod } from "../../../components/workloads/pods";
import { selectorLabels } from "../../../components/contract";

describe("the pod that validates", () => {
  const probe = { httpGet: { path: "/", port: 13133 } };
  const pod = validationPod(
    {
      name: "telemetry-otlp-gateway",
      component: "gateway",
      namespace: "telemetry",
      labels: { team: "platform" },
      annotations: { owner: "platform" },
      tolerations: [{ key: "dedicated", operator: "Exists" }],
      pod: (configMap) => ({
        serviceAccountName: "telemetry-otlp-gateway",
        nodeSelector: { disk: "ssd" },
        tolerations: [{ operator: "Exists" }],
        terminationGracePeriodSeconds: 30,
        securityContext: restrictedPod,
        containers: [
          {
            name: "collector",
            image: "collector:1",
            args: ["--config=/conf/relay.yaml"],
            env: [{ name: "GOMEMLIMIT", value: "1" }],
            ports: [{ containerPort: 4317 }],
            resources: { limits: { memory: "1" } },
            startupProbe: probe,
            readinessProbe: probe,
            livenessProbe: probe,
            lifecycle: { preStop: { sleep: { seconds: 5 } } },
            securityContext: restrictedContainer,
            volumeMounts: [{ name: "config", mountPath: "/conf" }],
          },
        ],
        volumes: [
          { name: "config", configMap: { name: configMap } },
          { name: "credentials", secret: { secretName: "credentials-1" } },
        ],
      }),
    },
    90,
  );

  it("is that of the workload, but says what it thinks of the configuration and ends", () => {
    const name = "telemetry-otlp-gateway-validation";
    assert.deepEqual(pod, {
      metadata: {
        name,
        namespace: "telemetry",
        labels: {
          team: "platform",
          "app.kubernetes.io/name": name,
          "app.kubernetes.io/instance": "telemetry",
          "app.kubernetes.io/component": "gateway",
          "app.kubernetes.io/part-of": "telemetry",
          "app.kubernetes.io/managed-by": "pulumi",
        },
        annotations: { owner: "platform" },
      },
      spec: {
        restartPolicy: "Never",
        activeDeadlineSeconds: 90,
        terminationGracePeriodSeconds: 0,
        serviceAccountName: "telemetry-otlp-gateway",
        nodeSelector: { disk: "ssd" },
        tolerations: [{ key: "dedicated", operator: "Exists" }],
        securityContext: restrictedPod,
        containers: [
          {
            name: "collector",
            image: "collector:1",
            args: ["validate", "--config=/conf/relay.yaml"],
            env: [{ name: "GOMEMLIMIT", value: "1" }],
            resources: { limits: { memory: "1" } },
            securityContext: restrictedContainer,
            volumeMounts: [{ name: "config", mountPath: "/conf" }],
          },
        ],
        volumes: [
          { name: "config", configMap: { name } },
          { name: "credentials", secret: { secretName: "credentials-1" } },
        ],
      },
    });
  });

  it("is found by no selector of the workload and its Services, and admitted where only restricted pods are", () => {
    const labels = pod.metadata.labels as Record<string, string>;
    const isSelected = Object.entries(selectorLabels("telemetry-otlp-gateway")).every(
      ([key, value]) => labels[key] === value,
    );
    assert.equal(isSelected, false);
    assert.deepEqual(podViolations({ type: "v1:Pod", props: pod as unknown as Record<string, unknown> }), []);
  });
});

const collector = (state: object, status: object = {}): V1Pod => ({
  status: {
    containerStatuses: [
      { name: "sidecar", state: { running: {} }, image: "", imageID: "", ready: true, restartCount: 0 },
      { name: "collector", state, image: "", imageID: "", ready: false, restartCount: 0 },
    ],
    ...status,
  },
});
const trouble = (problem: string, remedy: string) => ({ state: "trouble", problem, remedy });

describe("the state of the pod that validates", () => {
  const cases: [string, V1Pod, unknown][] = [
    ["nothing known yet", {}, { state: "pending", why: undefined }],
    [
      "no node for it",
      {
        status: {
          conditions: [
            { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes are available" },
          ],
        },
      },
      { state: "pending", why: "Unschedulable: 0/3 nodes are available", isUnschedulable: true },
    ],
    [
      "a node that is lost",
      { spec: { nodeName: "node-1", containers: [] }, status: { phase: "Pending" } },
      { state: "pending", why: "node node-1 has not taken it up" },
    ],
    [
      "on its way",
      collector({ waiting: { reason: "ContainerCreating" } }),
      { state: "pending", why: "ContainerCreating" },
    ],
    ["good", collector({ terminated: { exitCode: 0, reason: "Completed" } }), { state: "ended", exitCode: 0 }],
    ["bad", collector({ terminated: { exitCode: 1, reason: "Error" } }), { state: "ended", exitCode: 1 }],
    [
      "too little memory",
      collector({ terminated: { exitCode: 137, reason: "OOMKilled" } }),
      trouble("ran out of memory", "Raise gateway.resources.limits.memory"),
    ],
    [
      "another program",
      collector({ terminated: { exitCode: 128, reason: "StartError", message: "no such file" } }),
      trouble("could not be started (StartError: no such file)", "Check that the image is one of the collector"),
    ],
    [
      "no image",
      collector({ waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } }),
      trouble(
        "did not get its image (ImagePullBackOff: Back-off pulling image)",
        "Correct gateway.image, or give the pods access to its registry by gateway.imagePullSecrets",
      ),
    ],
    [
      "no Secret",
      collector({ waiting: { reason: "CreateContainerConfigError", message: 'secret "x" not found' } }),
      trouble('could not be started (CreateContainerConfigError: secret "x" not found)', "Remove the cause"),
    ],
    [
      "evicted",
      { status: { phase: "Failed", reason: "Evicted", message: "low on memory" } },
      trouble("was ended by the cluster (Evicted: low on memory)", "Remove the cause"),
    ],
  ];
  for (const [name, pod, expected] of cases) {
    it(`is told when there is ${name}`, () => assert.deepEqual(stateOf(pod, "collector", "gateway"), expected));
  }
});

describe("a request that the API server does not take", () => {
  const ranges: LimitRange[] = [
    { name: "narrow", limits: [{ type: "Container", max: { memory: "256Mi", cpu: "500m" } }] },
    { name: "wide", limits: [{ type: "Container", min: { memory: "200Mi" } }] },
    { name: "ratio", limits: [{ type: "Container", maxLimitRequestRatio: { memory: "2" } }] },
    { name: "other", limits: [{ type: "PersistentVolumeClaim", max: { storage: "1Gi" } }] },
  ];
  const cases: [string, number | undefined, string, string][] = [
    [
      "for lack of rights",
      403,
      'pods is forbidden: User "ci" cannot create resource "pods"',
      'could not be run: you may not run a pod in namespace telemetry (pods is forbidden: User "ci" cannot create resource "pods"). Get the right to create, get and delete pods and configmaps and to get pods/log there, or set telemetry:validation.mode to local',
    ],
    [
      "for lack of memory in a quota",
      403,
      'pods "x" is forbidden: exceeded quota: small, requested: limits.memory=512Mi,requests.memory=128Mi, used: limits.memory=0,requests.memory=0, limited: limits.memory=256Mi,requests.memory=64Mi',
      'does not fit ResourceQuota small of namespace telemetry (pods "x" is forbidden: exceeded quota: small, requested: limits.memory=512Mi,requests.memory=128Mi, used: limits.memory=0,requests.memory=0, limited: limits.memory=256Mi,requests.memory=64Mi). Raise the quota, or lower gateway.resources.limits.memory and gateway.resources.requests.memory',
    ],
    [
      "for lack of pods in a quota",
      403,
      'pods "x" is forbidden: exceeded quota: few, requested: pods=1, used: pods=9, limited: pods=9',
      'does not fit ResourceQuota few of namespace telemetry (pods "x" is forbidden: exceeded quota: few, requested: pods=1, used: pods=9, limited: pods=9). Raise the quota',
    ],
    [
      "for lack of a CPU limit",
      403,
      'pods "x" is forbidden: failed quota: all: must specify limits.cpu for: collector',
      'has no CPU limit, which ResourceQuota all of namespace telemetry requires (pods "x" is forbidden: failed quota: all: must specify limits.cpu for: collector). Set gateway.resources.limits.cpu to what a collector needs on the busiest node',
    ],
    [
      "for lack of a limit that is no setting",
      403,
      'pods "x" is forbidden: failed quota: all: must specify limits.ephemeral-storage for: collector',
      'lacks a limit or a request that ResourceQuota all of namespace telemetry requires (pods "x" is forbidden: failed quota: all: must specify limits.ephemeral-storage for: collector). Give the namespace a LimitRange with a default for it, or take it out of the quota',
    ],
    [
      "for more memory than a LimitRange allows",
      403,
      'pods "x" is forbidden: maximum memory usage per Container is 256Mi, but limit is 512Mi',
      'breaks LimitRange narrow of namespace telemetry (pods "x" is forbidden: maximum memory usage per Container is 256Mi, but limit is 512Mi). Set gateway.resources.limits.memory to at most 256Mi, or change the LimitRange',
    ],
    [
      "for two rules of LimitRanges",
      403,
      'pods "x" is forbidden: [maximum cpu usage per Container is 500m.  No limit is specified, minimum memory usage per Container is 200Mi, but request is 128Mi]',
      'breaks LimitRange narrow and wide of namespace telemetry (pods "x" is forbidden: [maximum cpu usage per Container is 500m.  No limit is specified, minimum memory usage per Container is 200Mi, but request is 128Mi]). Set gateway.resources.limits.cpu to at most 500m, and set gateway.resources.requests.memory to at least 200Mi, or change the LimitRange',
    ],
    [
      "for a limit too far from its request",
      403,
      'pods "x" is forbidden: memory max limit to request ratio per Container is 2, but provided ratio is 4.000000',
      'breaks LimitRange ratio of namespace telemetry (pods "x" is forbidden: memory max limit to request ratio per Container is 2, but provided ratio is 4.000000). Choose gateway.resources.limits.memory and requests.memory so that the limit is at most 2 times the request, or change the LimitRange',
    ],
    [
      "for a LimitRange that cannot be found",
      403,
      'pods "x" is forbidden: maximum memory usage per Pod is 256Mi, but limit is 536870912',
      'breaks a LimitRange of namespace telemetry (pods "x" is forbidden: maximum memory usage per Pod is 256Mi, but limit is 536870912). Set gateway.resources.limits.memory to at most 256Mi, or change the LimitRange',
    ],
    [
      "for a priority class that is not there",
      403,
      'pods "x" is forbidden: no PriorityClass with name vital was found',
      'has a priority class that the cluster does not have (pods "x" is forbidden: no PriorityClass with name vital was found). Create it, or correct gateway.priorityClassName',
    ],
    [
      "for lack of a quota for its priority class",
      403,
      'pods "x" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical]}]',
      'has a priority class for which namespace telemetry needs a quota (pods "x" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical]}]). Create a ResourceQuota there whose scopeSelector names that class, or name another class in gateway.priorityClassName',
    ],
    [
      "by admission",
      403,
      'pods "x" is forbidden: violates PodSecurity "restricted:latest"',
      'was not admitted (pods "x" is forbidden: violates PodSecurity "restricted:latest"). The collectors\' own pods would not be either: change the rule or what the workload\'s settings add to pods',
    ],
    [
      "because the login is none",
      401,
      "Unauthorized",
      "could not be run: the API server does not accept the login (Unauthorized). Check that the login in the kubeconfig is still valid",
    ],
    [
      "because it is not reached",
      undefined,
      "connect ECONNREFUSED",
      "could not be run: the cluster does not answer (connect ECONNREFUSED). Check the kubeconfig and the network",
    ],
    [
      "because it is invalid",
      422,
      "Pod is invalid",
      "could not be run: the API server refused to run a pod (Pod is invalid). Remove the cause",
    ],
  ];
  for (const [name, code, detail, expected] of cases) {
    it(`is explained: ${name}`, () => {
      const { problem, remedy } = refusalOf({ code, detail, namespace: "telemetry", collector: "gateway", ranges });
      assert.equal(`${problem}. ${remedy}`, expected);
    });
  }
});
