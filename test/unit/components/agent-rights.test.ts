import assert from "node:assert/strict";
import type { PullRole, PullSelections } from "../../../components/inputs";
import { agentRights, selections } from "../helpers/models";

type RuleField = "apiGroups" | "resources" | "resourceNames" | "nonResourceURLs" | "verbs";

/** Each right as `verb group/resource`, with the name of the object if it is for one only. */
function rights(role: PullRole, pull: PullSelections): string[] {
  const { cluster, namespaces } = agentRights(role, pull);
  const flat = (where: string, rules: readonly object[]): string[] =>
    (rules as Partial<Record<RuleField, string[]>>[]).flatMap(
      ({ apiGroups = [], resources = [], resourceNames: [only] = [], nonResourceURLs = [], verbs = [] }) =>
        verbs.flatMap((verb) => [
          ...apiGroups.flatMap((group) =>
            resources.map((resource) => `${where}${verb} ${group}/${resource}${only === undefined ? "" : ` ${only}`}`),
          ),
          ...nonResourceURLs.map((url) => `${where}${verb} ${url}`),
        ]),
    );
  return [
    ...flat("", cluster),
    ...namespaces.flatMap(({ namespace = "own namespace", rules }) => flat(`in ${namespace}: `, rules)),
  ].sort();
}

const metadata = ["list /nodes", "list /pods", "watch /nodes", "watch /pods"];
const runtime = (...metrics: string[]): PullSelections => ({ runtime: selections.runtime(metrics) });

describe("the metric agent's rights", () => {
  const table: [string, PullRole, PullSelections, string[]][] = [
    [
      "follow Services and their endpoints for annotated targets",
      "node",
      { prometheus: selections.prometheus() },
      [
        ...metadata,
        "list /pods",
        "list /services",
        "list discovery.k8s.io/endpointslices",
        "watch /pods",
        "watch /services",
        "watch discovery.k8s.io/endpointslices",
      ],
    ],
    ["are only those for metadata, for proxies", "node", { istio: selections.istio() }, metadata],
    ["read a kubelet's numbers", "node", runtime("k8s.node.cpu.usage"), [...metadata, "get /nodes/stats"]],
    [
      "read a kubelet's pods where types of volumes matter",
      "node",
      runtime("k8s.volume.available"),
      [...metadata, "get /nodes/pods", "get /nodes/stats"],
    ],
    [
      "read a kubelet's pods for volumes that are counted by pod, too",
      "node",
      runtime("k8s.pod.volume.usage"),
      [...metadata, "get /nodes/pods", "get /nodes/stats"],
    ],
    [
      "read a kubelet's pods where their limits matter",
      "node",
      runtime("k8s.pod.cpu_limit_utilization"),
      [...metadata, "get /nodes/pods", "get /nodes/stats"],
    ],
    [
      "read claims of volumes where the receiver asks for them in any case",
      "node",
      runtime("k8s.volume.available", "k8s.pod.cpu.node.utilization"),
      [...metadata, "get /nodes/pods", "get /nodes/stats", "get /persistentvolumeclaims", "get /persistentvolumes"],
    ],
    [
      "follow the cluster's objects and hold one lease, for its state",
      "cluster-state",
      runtime("k8s.pod.phase"),
      [
        ...metadata,
        ...["namespaces", "replicationcontrollers", "resourcequotas", "services"].flatMap((kind) => [
          `list /${kind}`,
          `watch /${kind}`,
        ]),
        ...["daemonsets", "deployments", "replicasets", "statefulsets"].flatMap((kind) => [
          `list apps/${kind}`,
          `watch apps/${kind}`,
        ]),
        ...["jobs", "cronjobs"].flatMap((kind) => [`list batch/${kind}`, `watch batch/${kind}`]),
        "list autoscaling/horizontalpodautoscalers",
        "watch autoscaling/horizontalpodautoscalers",
        "in own namespace: create coordination.k8s.io/leases",
        "in own namespace: get coordination.k8s.io/leases telemetry-cluster-state",
        "in own namespace: update coordination.k8s.io/leases telemetry-cluster-state",
      ],
    ],
    [
      "read the API server's metrics, and its addresses in one namespace",
      "api-server",
      { apiServer: selections.apiServer },
      [
        "get /metrics",
        ...["/pods", "/services", "discovery.k8s.io/endpointslices"].flatMap((kind) => [
          `in default: list ${kind} kubernetes`,
          `in default: watch ${kind} kubernetes`,
        ]),
      ],
    ],
  ];
  for (const [behaviour, role, pull, expected] of table) {
    it(behaviour, () => {
      assert.deepEqual(rights(role, pull), [...expected].sort());
    });
  }
});
