import { podVariables } from "../../../components/collector";
import { images, ports } from "../../../components/contract";
import { memoryGoal } from "../../../components/sizing";
import { apply, kubectl } from "../../e2e/support/kubectl";
import { makeNamespaces, removeNamespaces } from "../../e2e/support/probe";
import { Collector } from "./collector";

export interface Configured {
  readonly configuration: string;
  readonly memoryLimit: number;
  /** Percent by which the heap may grow before garbage is collected. Default: 100, as in Go. */
  readonly gcPercent?: number;
}

/** A namespace on the cluster of KUBECONFIG whose collectors, all on one node, have the rights that they need. */
export class Testbed {
  private constructor(
    readonly namespace: string,
    readonly node: string,
  ) {}

  static async make(namespace: string, rules: readonly object[]): Promise<Testbed> {
    await removeNamespaces(namespace);
    await makeNamespaces(namespace);
    await apply({ apiVersion: "v1", kind: "List", items: rights(namespace, rules) });
    const node = (await kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")).trim();
    return new Testbed(namespace, node);
  }

  static async remove(namespace: string): Promise<void> {
    await removeNamespaces(namespace);
    await kubectl("delete", "clusterrole,clusterrolebinding", namespace, "--ignore-not-found");
  }

  /** Starts pods and returns their addresses when they are ready. */
  async startPods(pods: readonly { metadata: { name: string } }[]): Promise<string[]> {
    await apply({ apiVersion: "v1", kind: "List", items: pods });
    return Promise.all(
      pods.map(async ({ metadata: { name } }) => {
        await kubectl("-n", this.namespace, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s");
        return kubectl("-n", this.namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}");
      }),
    );
  }

  async startCollectors(configured: Readonly<Record<string, Configured>>): Promise<Map<string, Collector>> {
    const entries = Object.entries(configured);
    await apply({
      apiVersion: "v1",
      kind: "List",
      items: entries.map(([name, { configuration }]) => this.configMap(name, configuration)),
    });
    const addresses = await this.startPods(entries.map(([name, it]) => this.collector(name, it)));
    return new Map(entries.map(([name], i) => [name, new Collector(addresses[i] ?? "")]));
  }

  async stopCollectors(names: readonly string[]): Promise<void> {
    await this.stop(names.flatMap((name) => [`pod/${name}`, `configmap/${name}`]));
  }

  /** Removes objects, such as `pod/a`, at once. */
  async stop(objects: readonly string[]): Promise<void> {
    await kubectl("-n", this.namespace, "delete", "--force", "--grace-period=0", ...objects);
  }

  private configMap(name: string, configuration: string): object {
    const metadata = { name, namespace: this.namespace };
    return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "relay.yaml": configuration } };
  }

  private collector(name: string, { memoryLimit, gcPercent = 100 }: Configured) {
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: this.namespace },
      spec: {
        nodeName: this.node,
        serviceAccountName: this.namespace,
        containers: [
          {
            name: "collector",
            image: images.collector,
            args: ["--config=/conf/relay.yaml"],
            env: [
              { name: podVariables.ip, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
              { name: podVariables.node, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
              { name: "GOMEMLIMIT", value: `${Math.floor(memoryLimit * memoryGoal)}` },
              { name: "GOGC", value: `${gcPercent}` },
            ],
            resources: { limits: { memory: `${memoryLimit}` }, requests: { memory: "0", cpu: "0" } },
            readinessProbe: { httpGet: { path: "/", port: ports.health }, periodSeconds: 1 },
            volumeMounts: [{ name: "config", mountPath: "/conf" }],
          },
        ],
        volumes: [{ name: "config", configMap: { name } }],
      },
    };
  }
}

function rights(name: string, rules: readonly object[]): object[] {
  const apiGroup = "rbac.authorization.k8s.io";
  const apiVersion = `${apiGroup}/v1`;
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: name } },
    { apiVersion, kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: name }],
    },
  ];
}
