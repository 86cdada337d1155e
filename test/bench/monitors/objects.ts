/** Objects of a cluster with monitors. One monitor of four is a PodMonitor. */
export interface MonitoredCluster {
  readonly monitors: readonly MonitorOf[];
  readonly pods: readonly object[];
  readonly services: readonly object[];
  readonly endpointslices: readonly object[];
}

type MonitorOf = {
  readonly kind: "ServiceMonitor" | "PodMonitor";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: object;
};

export interface Size {
  readonly monitors: number;
  /** Pods, shared evenly among the monitors and the nodes. */
  readonly targets: number;
  readonly nodes: number;
  /** Port that all pods serve metrics on. */
  readonly port: number;
  /** Seconds between two scrapes. */
  readonly interval: number;
}

const podsOfSlice = 100;
const namespaces = 20;
const started = "2026-11-25T12:00:00Z";

export const nodeOf = (i: number): string => (i === 0 ? "node" : `node-${i}`);

/** Makes monitors as charts write them: labels of the usual names, one relabeling, one dropped metric. */
export function monitoredCluster({ monitors, targets, nodes, port, interval }: Size): MonitoredCluster {
  const apps = Array.from({ length: monitors }, (_, i) => ({ name: `app-${i}`, namespace: `team-${i % namespaces}` }));
  const podsOf = (app: number): number[] =>
    Array.from({ length: targets }, (_, i) => i).filter((i) => i % monitors === app);
  // Pods of an application are on several nodes.
  const place = (i: number): number => (i + Math.floor(i / monitors)) % nodes;
  return {
    monitors: apps.map((app, i) => monitorOf(app, i % 4 === 3 ? "PodMonitor" : "ServiceMonitor", interval)),
    pods: apps.flatMap((app, a) => podsOf(a).map((i) => pod(app, i, nodeOf(place(i)), port))),
    services: apps.map(service),
    endpointslices: apps.flatMap((app, a) => slices(app, podsOf(a), (i) => nodeOf(place(i)), port)),
  };
}

interface App {
  readonly name: string;
  readonly namespace: string;
}

const labelsOf = ({ name }: App): Record<string, string> => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/instance": `${name}-prod`,
});

function monitorOf(app: App, kind: "ServiceMonitor" | "PodMonitor", interval: number): MonitorOf {
  const endpoint = {
    port: "metrics",
    interval: `${interval}s`,
    relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
    metricRelabelings: [{ sourceLabels: ["__name__"], regex: `${app.name}_debug_.*`, action: "drop" }],
  };
  const endpoints = kind === "PodMonitor" ? { podMetricsEndpoints: [endpoint] } : { endpoints: [endpoint] };
  return { kind, ...app, labels: {}, spec: { selector: { matchLabels: labelsOf(app) }, ...endpoints } };
}

/** Returns an address of this machine for each pod. */
const addressOf = (i: number): string => `127.62.${i >> 8}.${i & 255}`;
const podName = ({ name }: App, i: number): string => `${name}-6d4cf56db6-${i}`;

function pod(app: App, i: number, nodeName: string, port: number): object {
  const name = podName(app, i);
  const labels = { ...labelsOf(app), "pod-template-hash": "6d4cf56db6", "app.kubernetes.io/version": "1.2.3" };
  return {
    metadata: { name, namespace: app.namespace, uid: `uid-${name}`, resourceVersion: "1", labels },
    spec: {
      nodeName,
      containers: [
        {
          name: "app",
          image: "registry/app:1.2.3",
          ports: [{ name: "metrics", containerPort: port, protocol: "TCP" }],
        },
      ],
    },
    status: {
      phase: "Running",
      podIP: addressOf(i),
      podIPs: [{ ip: addressOf(i) }],
      startTime: started,
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [
        {
          name: "app",
          containerID: `containerd://${name}`,
          ready: true,
          restartCount: 0,
          image: "registry/app:1.2.3",
          imageID: "",
        },
      ],
    },
  };
}

const service = (app: App): object => ({
  metadata: {
    name: app.name,
    namespace: app.namespace,
    uid: `uid-${app.name}`,
    resourceVersion: "1",
    labels: labelsOf(app),
  },
  spec: { ports: [{ name: "metrics", port: 80, targetPort: "metrics", protocol: "TCP" }], selector: labelsOf(app) },
});

function slices(app: App, pods: readonly number[], node: (i: number) => string, port: number): object[] {
  const parts = Array.from({ length: Math.ceil(pods.length / podsOfSlice) }, (_, part) =>
    pods.slice(part * podsOfSlice, (part + 1) * podsOfSlice),
  );
  return parts.map((part, number) => ({
    metadata: {
      name: `${app.name}-${number}`,
      namespace: app.namespace,
      uid: `uid-${app.name}-${number}`,
      resourceVersion: "1",
      labels: { ...labelsOf(app), "kubernetes.io/service-name": app.name },
    },
    addressType: "IPv4",
    ports: [{ name: "metrics", port, protocol: "TCP" }],
    endpoints: part.map((i) => ({
      addresses: [addressOf(i)],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: node(i),
      targetRef: { kind: "Pod", namespace: app.namespace, name: podName(app, i), uid: `uid-${podName(app, i)}` },
    })),
  }));
}
