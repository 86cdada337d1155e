import { images } from "../../../components/contract";
import { randomBytes } from "node:crypto";
import { gatewayName } from "./targets";

const suffixes = new Map<number, string>();

/** As the cluster makes them, so that they are in no order. */
export function podName(index: number): string {
  const suffix = suffixes.get(index) ?? randomBytes(4).toString("hex");
  suffixes.set(index, suffix);
  return `${gatewayName}-${suffix}`;
}

export function daemonSet(nodes: number): object {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: gatewayName, namespace: "telemetry", generation: 1 },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
    status: {
      observedGeneration: 1,
      currentNumberScheduled: nodes,
      desiredNumberScheduled: nodes,
      updatedNumberScheduled: nodes,
      numberAvailable: nodes,
      numberMisscheduled: 0,
      numberReady: nodes,
    },
  };
}

export function podList(names: readonly string[]): object {
  return { apiVersion: "v1", kind: "PodList", metadata: { resourceVersion: "1" }, items: names.map(pod) };
}

const labels = { "app.kubernetes.io/name": gatewayName, "app.kubernetes.io/instance": "telemetry" };

const probe = { httpGet: { path: "/", port: 13133, scheme: "HTTP" }, periodSeconds: 5, timeoutSeconds: 1 };

const podSpec = {
  containers: [
    {
      name: "collector",
      image: images.collector,
      args: ["--config=/conf/relay.yaml"],
      env: ["MY_POD_IP", "MY_NODE_NAME", "MY_HOST_IP"].map((name) => ({
        name,
        valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } },
      })),
      ports: [4317, 4318, 8888].map((containerPort) => ({ containerPort, protocol: "TCP" })),
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      startupProbe: probe,
      readinessProbe: probe,
      livenessProbe: probe,
      volumeMounts: [{ name: "config", mountPath: "/conf", readOnly: true }],
    },
  ],
  volumes: [{ name: "config", configMap: { name: `${gatewayName}-0123456789` } }],
  tolerations: [{ operator: "Exists" }],
};

/** Who wrote which field; it is about half of a real pod. */
const managedFields = ["kube-controller-manager", "kubelet"].map((manager) => ({
  manager,
  operation: "Update",
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1: {
    "f:spec": Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`f:fieldOfTheUsualLength${i}`, { "f:name": {}, "f:value": {} }]),
    ),
  },
}));

function pod(name: string, i: number): object {
  const started = "2026-11-25T12:00:00Z";
  return {
    metadata: { name, namespace: "telemetry", uid: `00000000-0000-0000-0000-${i}`, labels, managedFields },
    spec: { ...podSpec, nodeName: `node-${i}` },
    status: {
      phase: "Running",
      podIP: `10.${i >> 8}.${i & 255}.7`,
      startTime: started,
      conditions: ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(
        (type) => ({ type, status: "True", lastTransitionTime: started }),
      ),
      containerStatuses: [
        {
          name: "collector",
          ready: true,
          restartCount: 0,
          image: podSpec.containers[0]?.image,
          state: { running: { startedAt: started } },
        },
      ],
    },
  };
}
