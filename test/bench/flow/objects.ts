import { images } from "../../../components/contract";
import { randomBytes } from "node:crypto";
import { gatewayName } from "./targets";

/** Names as the cluster makes them, in no order. */
export const podNames = (collector: string, nodes: number): string[] =>
  Array.from({ length: nodes }, () => `${collector}-${randomBytes(4).toString("hex")}`);

export function daemonSet(collector: string, nodes: number): object {
  const labels = labelsOf(collector);
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: collector, namespace: "telemetry", generation: 1 },
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

export function podList(collector: string, names: readonly string[]): object {
  const items = names.map((name, i) => pod(name, i, labelsOf(collector)));
  return { apiVersion: "v1", kind: "PodList", metadata: { resourceVersion: "1" }, items };
}

/** Applications on each node with annotations for scraping. */
export function annotatedPods(nodes: number, each: number): object {
  const annotations = { "prometheus.io/scrape": "true", "prometheus.io/port": "8080" };
  const items = Array.from({ length: nodes * each }, (_, i) => {
    const { metadata, ...rest } = pod(`application-${i}`, Math.floor(i / each), { app: `application-${i % each}` });
    return { ...rest, metadata: { ...metadata, namespace: "shop", annotations } };
  });
  return { apiVersion: "v1", kind: "PodList", metadata: { resourceVersion: "1" }, items };
}

const labelsOf = (collector: string) => ({
  "app.kubernetes.io/name": collector,
  "app.kubernetes.io/instance": "telemetry",
});

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

/** The owners of fields, about half of the text of a real pod. */
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

function pod(name: string, i: number, labels: Readonly<Record<string, string>>) {
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
