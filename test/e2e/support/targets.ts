import { apply, kubectl, type Pod } from "./kubectl";
import { probeImage } from "./probe";

/** A pod that serves metrics and remembers the requests. */
export interface TargetPod {
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** The declared ports of the container. */
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  /** Flags of `probe target`. */
  readonly flags?: readonly string[];
  readonly container?: string;
  /** Name of a second container, which serves nothing, and a port that it declares. */
  readonly beside?: { readonly name: string; readonly containerPort?: number };
  /** Whether it is an init container that keeps running, beside the second container. */
  readonly isSidecar?: boolean;
  /** ConfigMap that is mounted at `/files`. */
  readonly files?: string;
}

/** One request for metrics, as a target saw it. */
export interface Scrape {
  readonly from: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
  /** The name in the caller's certificate, where one was required. */
  readonly client?: string;
  /** The header with the caller's credential. */
  readonly authorization?: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Annotations with which a pod or a Service asks to be scraped. */
export const scrapeAnnotations = (more: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ scrape: "true", ...more }).map(([key, value]) => [`prometheus.io/${key}`, value]),
  );

/** A Service in front of one target's port 9100, which it finds by its name. */
export const serviceOf = (
  namespace: string,
  target: string,
  annotations: Readonly<Record<string, string>>,
  name = target,
): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, annotations },
  spec: { selector: { "app.kubernetes.io/name": target }, ports: [{ name: "web", port: 80, targetPort: 9100 }] },
});

/** A Service of one namespace whose EndpointSlice leads to a pod of another one. */
export const leadingTo = (namespace: string, { metadata, status }: Pod, service: object): object[] => [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "leading-elsewhere", namespace, ...service },
    spec: { ports: [{ name: "web", port: 9100 }] },
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "leading-elsewhere",
      namespace,
      labels: { "kubernetes.io/service-name": "leading-elsewhere" },
    },
    addressType: "IPv4",
    ports: [{ name: "web", port: 9100, protocol: "TCP" }],
    endpoints: [
      {
        addresses: [status.podIP],
        targetRef: { kind: "Pod", name: metadata.name, namespace: metadata.namespace },
      },
    ],
  },
];

/** Starts targets in existing namespaces, and waits until they are ready. */
export async function startTargets(targets: readonly TargetPod[]): Promise<void> {
  await apply({ apiVersion: "v1", kind: "List", items: targets.map(pod) });
  for (const namespace of new Set(targets.map((target) => target.namespace))) {
    await kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod", "-l", "e2e=target", "--timeout=120s");
  }
}

/** Returns the requests that a target has received. */
export async function scrapesOf({ status }: Pod): Promise<Scrape[]> {
  const response = await fetch(`http://${status.podIP}:8080/scrapes`, { signal: AbortSignal.timeout(20_000) });
  return (await response.json()) as Scrape[];
}

function pod(target: TargetPod): object {
  const { namespace, name, node, annotations, labels, ports, flags = [], container = "target", files } = target;
  const { beside, isSidecar = false } = target;
  const serving = {
    name: container,
    image: probeImage,
    args: ["target", ...flags],
    ports,
    readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
    ...(files && { volumeMounts: [{ name: "files", mountPath: "/files" }] }),
  };
  const idle = beside && {
    name: beside.name,
    image: "telemetry.test/pause:1",
    ...(beside.containerPort && { ports: [{ containerPort: beside.containerPort }] }),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, annotations, labels: { e2e: "target", "app.kubernetes.io/name": name, ...labels } },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...(node && { nodeName: node }),
      ...(isSidecar && { initContainers: [{ ...serving, restartPolicy: "Always" }] }),
      containers: [...(isSidecar ? [] : [serving]), ...(idle ? [idle] : [])],
      ...(files && { volumes: [{ name: "files", configMap: { name: files } }] }),
    },
  };
}
