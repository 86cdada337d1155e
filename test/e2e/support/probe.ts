import { apply, kubectl } from "./kubectl";

export const probeImage = "telemetry.test/probe:1";

export interface ProbePod {
  readonly namespace: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** Whether the pod is on the network of its node. */
  readonly hostNetwork?: boolean;
  /** Secret that is mounted at `/files`. */
  readonly files?: string;
}

/** Starts pods of the probe in existing namespaces. Returns their addresses when they are ready. */
export async function startProbes(pods: readonly ProbePod[]): Promise<string[]> {
  await apply({ apiVersion: "v1", kind: "List", items: pods.map(pod) });
  return Promise.all(
    pods.map(async ({ namespace, name }) => {
      await kubectl("-n", namespace, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=150s");
      return kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}");
    }),
  );
}

function pod({ namespace, name, args, labels, annotations, node, hostNetwork, files }: ProbePod): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, annotations, labels: { "app.kubernetes.io/name": name, ...labels } },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...(node && { nodeName: node }),
      ...(hostNetwork && { hostNetwork, dnsPolicy: "ClusterFirstWithHostNet" }),
      containers: [
        {
          name: "probe",
          image: probeImage,
          args,
          readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
          ...(files && { volumeMounts: [{ name: "files", mountPath: "/files" }] }),
        },
      ],
      ...(files && { volumes: [{ name: "files", secret: { secretName: files } }] }),
    },
  };
}

export async function makeNamespaces(...names: string[]): Promise<void> {
  const items = names.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
  await apply({ apiVersion: "v1", kind: "List", items });
}

export async function removeNamespaces(...names: string[]): Promise<void> {
  await kubectl("delete", "namespace", ...names, "--wait=true", "--ignore-not-found");
}

/** Makes or replaces a Secret; texts are kept as their bytes. */
export async function putSecret(
  namespace: string,
  name: string,
  content: Readonly<Record<string, string>>,
): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(content).map(([key, text]) => [key, Buffer.from(text, "utf8").toString("base64")]),
  );
  await apply({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, data });
}
