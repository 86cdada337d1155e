import assert from "node:assert/strict";
import { managerRights, type RightsOf } from "../../../manager/deployment/manager-rights";
import { mostRights } from "../../../policy/rules/rbac-computed-rights";

const rights = (objects = false, monitors: RightsOf["monitors"] = { wanted: false, secretNamespaces: [] }) =>
  managerRights({
    monitors,
    telemetryNamespace: "telemetry",
    namespace: "telemetry-manager",
    secrets: [
      { namespace: "shop", name: "b" },
      { namespace: "infra", name: "x" },
      { namespace: "shop", name: "a" },
    ],
    objects,
  });
type Rule = ReturnType<typeof rights>["cluster"][number];
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const all = ({ cluster, namespaces }: ReturnType<typeof rights>): Rule[] => [
  ...cluster,
  ...Object.values(namespaces).flat(),
];

describe("the rights of a manager", () => {
  it("include all rights that it may have to grant to gateway and agent, as Kubernetes requires", () => {
    const { cluster, namespaces } = rights();
    for (const { kind, apiGroups = [], resources = [], nonResourceURLs = [], verbs } of mostRights) {
      const mine = kind === "ClusterRole" ? cluster : [...cluster, ...(namespaces.telemetry ?? [])];
      for (const verb of verbs) {
        for (const target of [...resources, ...nonResourceURLs]) {
          const has = mine.some(
            (rule) =>
              texts(rule.verbs).includes(verb) &&
              (texts(rule.resources).includes(target) || texts(rule.nonResourceURLs).includes(target)) &&
              apiGroups.every((group) => texts(rule.apiGroups).includes(group)),
          );
          assert.ok(has, `${kind}: ${verb} ${target}`);
        }
      }
    }
  });

  it("reach single Secrets of other namespaces by their names, and never all Secrets of the cluster", () => {
    const { cluster, namespaces } = rights();
    assert.deepEqual(namespaces.shop, [
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["a", "b"], verbs: ["get", "list", "watch"] },
    ]);
    assert.deepEqual(texts(namespaces.infra?.[0]?.resourceNames), ["x"]);
    assert.ok(!cluster.some((rule) => texts(rule.resources).includes("secrets")));
  });

  it("reach monitors only while a pipeline may want them, and Secrets of monitors only in namespaces that one names", () => {
    const isAboutMonitors = (rule: Rule): boolean => texts(rule.resources).includes("servicemonitors");
    assert.deepEqual(rights().cluster.filter(isAboutMonitors), []);
    const { cluster, namespaces } = rights(false, { wanted: true, secretNamespaces: ["payment"] });
    const expected = {
      apiGroups: ["monitoring.coreos.com"],
      resources: ["servicemonitors", "podmonitors"],
      verbs: ["get", "list", "watch"],
    };
    assert.deepEqual(cluster.filter(isAboutMonitors), [expected]);
    assert.deepEqual(rights(true).cluster.filter(isAboutMonitors), [expected]);
    assert.deepEqual(namespaces.payment, [
      { apiGroups: [""], resources: ["secrets", "configmaps"], verbs: ["get", "list", "watch"] },
    ]);
  });

  it("have no wildcard, no right that leads to more rights, and no access to pods except that of the proof", () => {
    for (const rule of all(rights(true))) {
      const everything = [rule.apiGroups, rule.resources, rule.verbs, rule.nonResourceURLs].flatMap(texts);
      for (const forbidden of ["*", "escalate", "bind", "impersonate", "nodes/proxy", "pods/exec", "pods/attach"]) {
        assert.ok(!everything.includes(forbidden), forbidden);
      }
    }
  });

  it("change objects outside of namespaces by their names only", () => {
    for (const rule of rights(true).cluster) {
      const verbs = texts(rule.verbs);
      if (!["update", "patch", "delete"].some((verb) => verbs.includes(verb))) continue;
      const isStatus = texts(rule.resources).every((resource) => resource.endsWith("/status"));
      assert.ok(isStatus || texts(rule.resourceNames).length > 0, JSON.stringify(rule));
    }
  });

  it("reach the namespace of the log agent only where a pipeline takes container logs", () => {
    const given = {
      telemetryNamespace: "telemetry",
      namespace: "telemetry-manager",
      secrets: [],
      objects: false,
      monitors: { wanted: false, secretNamespaces: [] },
    };
    const namesOf = ({ cluster }: ReturnType<typeof rights>) =>
      texts(
        cluster.find(
          ({ resources, verbs }) => texts(resources).includes("namespaces") && texts(verbs).includes("update"),
        )?.resourceNames,
      );
    assert.deepEqual(namesOf(managerRights(given)), ["telemetry"]);
    const withLogs = managerRights({ ...given, logNamespace: "telemetry-logs" });
    assert.deepEqual(namesOf(withLogs), ["telemetry", "telemetry-logs"]);
    const own = texts(withLogs.namespaces["telemetry-logs"]?.flatMap((rule) => texts(rule.resources)));
    assert.ok(["daemonsets", "secrets", "pods/portforward", "networkpolicies"].every((one) => own.includes(one)));
  });

  it("name the objects of gateway and agent", () => {
    const names = rights().cluster.find((rule) => texts(rule.resources).includes("clusterroles"))?.resourceNames;
    assert.deepEqual(texts(names), [
      "telemetry-otlp-gateway",
      "telemetry-metric-agent",
      "telemetry-metric-agent-cluster",
      "telemetry-metric-agent-apiserver",
      "telemetry-log-agent",
    ]);
  });

  it("include pipelines in the cluster only if the user wants them", () => {
    const groups = (objects: boolean) => rights(objects).cluster.flatMap((rule) => texts(rule.apiGroups));
    assert.ok(!groups(false).includes("telemetry.kyma-project.io"));
    assert.ok(groups(true).includes("telemetry.kyma-project.io"));
  });
});
