import { stringify } from "yaml";
import { images, selfMetricsLabel } from "../../../components/contract";
import { apply, kubectl } from "./kubectl";

/** The parts of a PodMonitor that ours have. */
export interface PodMonitor {
  readonly spec: {
    readonly jobLabel: string;
    readonly selector: { readonly matchExpressions: readonly { readonly key: string; readonly values: string[] }[] };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly path: string;
      readonly relabelings: readonly { readonly sourceLabels: string[]; readonly targetLabel: string }[];
    }[];
  };
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

export interface EvaluatedRule {
  readonly name: string;
  readonly query: string;
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
  readonly alerts: readonly Alert[];
}

const name = "prometheus";
const rbacGroup = "rbac.authorization.k8s.io";
const rbac = `${rbacGroup}/v1`;

/**
 * A Prometheus that watches a namespace as the Prometheus Operator would configure it: it scrapes the targets of a PodMonitor
 * and evaluates the groups of a PrometheusRule. No operator runs here. The tests prove the behaviour of Prometheus itself.
 * The translation of a PodMonitor below follows the operator's documentation.
 */
export class Prometheus {
  private constructor(
    /** The address of the pod. */
    readonly address: string,
  ) {}

  /** Starts a Prometheus in an existing namespace. It scrapes and evaluates once a second. */
  static async start(namespace: string, watched: string, monitor: PodMonitor, groups: object): Promise<Prometheus> {
    const watcher = { name: `${name}-${namespace}`, namespace: watched };
    const files = {
      "prometheus.yml": stringify({
        global: { scrape_interval: "1s", evaluation_interval: "1s" },
        rule_files: ["/etc/prometheus/rules.yml"],
        scrape_configs: scrapeConfigs(watched, monitor),
      }),
      "rules.yml": stringify({ groups }),
    };
    return Prometheus.run(namespace, files, [
      {
        apiVersion: rbac,
        kind: "Role",
        metadata: watcher,
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
      },
      {
        apiVersion: rbac,
        kind: "RoleBinding",
        metadata: watcher,
        roleRef: { apiGroup: rbacGroup, kind: "Role", name: watcher.name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
    ]);
  }

  /** Starts a Prometheus with complete scrape jobs in an existing namespace. They may discover targets in all namespaces. */
  static async scraping(namespace: string, jobs: readonly object[]): Promise<Prometheus> {
    const metadata = { name: `${name}-${namespace}` };
    const verbs = ["get", "list", "watch"];
    return Prometheus.run(namespace, { "prometheus.yml": stringify({ scrape_configs: jobs }) }, [
      {
        apiVersion: rbac,
        kind: "ClusterRole",
        metadata,
        rules: [
          { apiGroups: [""], resources: ["pods", "services", "endpoints"], verbs },
          { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
        ],
      },
      {
        apiVersion: rbac,
        kind: "ClusterRoleBinding",
        metadata,
        roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name: metadata.name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      },
    ]);
  }

  /** Removes the rights of a Prometheus with complete scrape jobs in a namespace. */
  static async removeRights(namespace: string): Promise<void> {
    const right = `${name}-${namespace}`;
    await kubectl("delete", "--ignore-not-found", `clusterrole/${right}`, `clusterrolebinding/${right}`);
  }

  private static async run(namespace: string, files: object, rights: readonly object[]): Promise<Prometheus> {
    const metadata = { name, namespace };
    await apply({
      apiVersion: "v1",
      kind: "List",
      items: [
        { apiVersion: "v1", kind: "ServiceAccount", metadata },
        ...rights,
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: files },
        { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, labels: selfMetricsLabel }, spec: podSpec },
      ],
    });
    await kubectl("-n", namespace, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=150s");
    return new Prometheus(await kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}"));
  }

  async rules(): Promise<EvaluatedRule[]> {
    const { groups } = await this.ask<{ groups: { rules: EvaluatedRule[] }[] }>("rules");
    return groups.flatMap(({ rules }) => rules);
  }

  /** Names of all metrics that it has. */
  metricNames(): Promise<string[]> {
    return this.ask("label/__name__/values");
  }

  /** Evaluates an expression now. Throws with Prometheus' message. */
  async query(expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const { result } = await this.ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result;
  }

  private async ask<T>(path: string): Promise<T> {
    const response = await fetch(`http://${this.address}:9090/api/v1/${path}`, { signal: AbortSignal.timeout(20_000) });
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (!response.ok) throw new Error(`${decodeURIComponent(path)}: ${error}`);
    return data;
  }
}

/** Returns scrape jobs by the operator's documentation: pods that match, their port of this name, and `job` from the pod's label. */
function scrapeConfigs(watched: string, { spec }: PodMonitor): object[] {
  const meta = "__meta_kubernetes_";
  const label = (key: string): string => `${meta}pod_label_${key.replace(/[^a-zA-Z0-9_]/g, "_")}`;
  return spec.podMetricsEndpoints.map(({ port, path, relabelings }, i) => ({
    job_name: `podMonitor/${i}`,
    metrics_path: path,
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: [watched] } }],
    relabel_configs: [
      ...spec.selector.matchExpressions.map(({ key, values }) => ({
        action: "keep",
        source_labels: [label(key)],
        regex: values.join("|"),
      })),
      { action: "drop", source_labels: [`${meta}pod_phase`], regex: "Failed|Succeeded" },
      { action: "keep", source_labels: [`${meta}pod_container_port_name`], regex: port },
      { source_labels: [`${meta}namespace`], target_label: "namespace" },
      { source_labels: [`${meta}pod_container_name`], target_label: "container" },
      { source_labels: [`${meta}pod_name`], target_label: "pod" },
      { source_labels: [label(spec.jobLabel)], target_label: "job" },
      ...relabelings.map(({ sourceLabels, targetLabel }) => ({
        source_labels: sourceLabels,
        target_label: targetLabel,
      })),
    ],
  }));
}

const podSpec = {
  serviceAccountName: name,
  terminationGracePeriodSeconds: 1,
  containers: [
    {
      name,
      image: images.prometheus,
      command: ["/bin/prometheus"],
      args: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      readinessProbe: { httpGet: { path: "/-/ready", port: 9090 }, periodSeconds: 1 },
      volumeMounts: [
        { name: "config", mountPath: "/etc/prometheus" },
        { name: "data", mountPath: "/prometheus" },
      ],
    },
  ],
  volumes: [
    { name: "config", configMap: { name } },
    { name: "data", emptyDir: {} },
  ],
};
