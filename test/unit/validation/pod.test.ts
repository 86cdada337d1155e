import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { podViolations } from "../../../policy/rules/restricted-pods";
import { validationPod } from "../../../components/validation/validation-pod";
import { stateOf } from "../../../components/validation/pod-state";
import { refusalOf } from "../../../components/validation/refused-request";
import { restrictedContainer, restrictedPod } from "../../../components/workloads/pods";
import { selectorLabels } from "../../../components/contract";

describe("the pod that validates", () => {
  const probe = { httpGet: { path: "/", port: 13133 } };
  const pod = validationPod({
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
  });

  it("is that of the workload, but judges the configuration and ends", () => {
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
    it(`is recognized: ${name}`, () => assert.deepEqual(stateOf(pod, "collector", "gateway"), expected));
  }
});

describe("a request that the API server refuses", () => {
  const cases: [string, number | undefined, string, string][] = [
    [
      "for lack of rights",
      403,
      'pods is forbidden: User "ci" cannot create resource "pods"',
      'could not be run: you may not run a pod in namespace telemetry (pods is forbidden: User "ci" cannot create resource "pods"). Get the right to create, get and delete pods and configmaps and to get pods/log there, or set telemetry:validation.mode to local',
    ],
    [
      "for a rule of the cluster",
      403,
      'pods "x" is forbidden: no PriorityClass with name vital was found',
      'has a priority class that the cluster does not have (pods "x" is forbidden: no PriorityClass with name vital was found). Create it, or correct gateway.priorityClassName',
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
      const { problem, remedy } = refusalOf({ code, detail, namespace: "telemetry", collector: "gateway" });
      assert.equal(`${problem}. ${remedy}`, expected);
    });
  }
});
