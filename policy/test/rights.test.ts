import assert from "node:assert/strict";
import { enrichmentRights } from "../../components/plan";
import { pullRoles, runtimeMetrics, type PullSelections } from "../../components/inputs";
import { agentRights, selections } from "../../test/unit/helpers/models";
import { mergedSecretReaders } from "../rules/merged-secret-readers";
import { mostRights, rbacComputedRights, type AllowedRights } from "../rules/rbac-computed-rights";
import { rbacLeastPrivilege } from "../rules/rbac-least-privilege";
import { judge, unknown } from "./judge";
import { binding, clusterRole, mergedSecret, role } from "./good-objects";

const metadata = { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["list", "watch"] };
const account = { kind: "ServiceAccount", name: "telemetry-otlp-gateway", namespace: "telemetry" };

describe("rbac-least-privilege", () => {
  const refused = (rule: object): string[] => judge(rbacLeastPrivilege, clusterRole([metadata, rule])).messages;

  it("accepts named rights, and Secrets of one namespace", () => {
    assert.deepEqual(judge(rbacLeastPrivilege, clusterRole([metadata])), { messages: [] });
    assert.deepEqual(judge(rbacLeastPrivilege, role([{ ...metadata, resources: ["secrets"] }])), { messages: [] });
    assert.deepEqual(judge(rbacLeastPrivilege, binding("telemetry-otlp-gateway", account)), { messages: [] });
  });

  it("rejects a wildcard in any field", () => {
    for (const field of ["apiGroups", "resources", "verbs", "nonResourceURLs"]) {
      assert.deepEqual(refused({ ...metadata, [field]: ["*"] }), [
        `rules[1]: ${field} has a wildcard. Name each item that is needed.`,
      ]);
    }
    assert.deepEqual(refused({ nonResourceURLs: ["/metrics/*"], verbs: ["get"] }), [
      "rules[1]: nonResourceURLs has a wildcard. Name each item that is needed.",
    ]);
  });

  it("rejects resources and verbs that lead to more rights", () => {
    const runsCommands = "it runs commands in pods";
    for (const [resource, why] of [
      [
        "nodes/proxy",
        "it runs commands in every pod of the node; nodes/stats and nodes/metrics are enough for metrics",
      ],
      ["pods/exec", runsCommands],
      ["pods/attach", runsCommands],
      ["pods/portforward", "it reaches every port of pods"],
      ["serviceaccounts/token", "it gives the rights of other accounts"],
    ] as const) {
      assert.deepEqual(refused({ ...metadata, resources: [resource] }), [
        `rules[1]: resources has ${resource}. Remove it: ${why}.`,
      ]);
    }
    assert.deepEqual(refused({ ...metadata, resources: ["secrets"] }), [
      "rules[1]: resources has the Secrets of the whole cluster. Use a Role in the namespace of the Secret.",
    ]);
    for (const verb of ["escalate", "bind", "impersonate"]) {
      assert.deepEqual(refused({ ...metadata, verbs: [verb] }), [
        `rules[1]: verbs has ${verb}. Remove it: it gives rights that nobody granted.`,
      ]);
    }
  });

  it("allows only the manager to reach ports of pods, and only in one namespace", () => {
    const rules = [{ apiGroups: [""], resources: ["pods/portforward", "pods/exec"], verbs: ["create"] }];
    const labels = { "app.kubernetes.io/part-of": "telemetry-manager", "app.kubernetes.io/component": "manager" };
    const ofManager = (kind: string): ReturnType<typeof judge> =>
      judge(rbacLeastPrivilege, {
        type: `rbac.authorization.k8s.io/v1:${kind}`,
        props: { metadata: { labels }, rules },
      });
    const ports = "rules[0]: resources has pods/portforward. Remove it: it reaches every port of pods.";
    const commands = "rules[0]: resources has pods/exec. Remove it: it runs commands in pods.";
    assert.deepEqual(ofManager("Role").messages, [commands]);
    assert.deepEqual(ofManager("ClusterRole").messages, [ports, commands]);
    assert.deepEqual(judge(rbacLeastPrivilege, role(rules)).messages, [ports, commands]);
    assert.deepEqual(judge(rbacLeastPrivilege, role(rules, "telemetry", "manager")).messages, [ports, commands]);
  });

  it("rejects rules and roles that come from elsewhere, and subjects that are everyone", () => {
    const aggregated = { ...clusterRole([]), props: { ...clusterRole([]).props, aggregationRule: {} } };
    assert.deepEqual(judge(rbacLeastPrivilege, aggregated).messages, [
      "aggregationRule adds the rules of other roles. List the rules instead.",
    ]);
    for (const builtIn of ["cluster-admin", "admin", "edit", "view", "system:node"]) {
      assert.deepEqual(judge(rbacLeastPrivilege, binding(builtIn, account)).messages, [
        `roleRef names ${builtIn}. Bind a role that has only the required rules.`,
      ]);
    }
    const everyone = { kind: "Group", name: "system:authenticated" };
    assert.deepEqual(judge(rbacLeastPrivilege, binding("telemetry-otlp-gateway", everyone)).messages, [
      "subjects has the group 'system:authenticated'. Name the service account instead.",
    ]);
  });

  it("waits for the update when the rules are not known yet", () => {
    assert.deepEqual(judge(rbacLeastPrivilege, clusterRole([{ ...metadata, verbs: unknown }])), {
      messages: [],
      unknown: "string value at .rules.0.verbs can't be known during preview",
    });
  });
});

function singleRights(all: readonly AllowedRights[]): string[] {
  const single = all.flatMap(({ component, kind, apiGroups = [], resources = [], nonResourceURLs = [], verbs }) =>
    verbs.flatMap((verb) => [
      ...apiGroups.flatMap((group) => resources.map((resource) => `${component} ${kind} ${verb} ${group}/${resource}`)),
      ...nonResourceURLs.map((url) => `${component} ${kind} ${verb} ${url}`),
    ]),
  );
  return [...new Set(single)].sort();
}

describe("rbac-computed-rights", () => {
  it("accepts all or some of the rights that inputs of pipelines need", () => {
    assert.deepEqual(judge(rbacComputedRights, clusterRole([metadata])), { messages: [] });
    assert.deepEqual(judge(rbacComputedRights, clusterRole([{ ...metadata, verbs: ["list"] }])), { messages: [] });
    const scrape = { nonResourceURLs: ["/metrics"], verbs: ["get"] };
    assert.deepEqual(judge(rbacComputedRights, clusterRole([metadata, scrape], "agent")), { messages: [] });
    const lease = { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "update"] };
    assert.deepEqual(judge(rbacComputedRights, role([lease])), { messages: [] });
  });

  it("allows exactly the rights that the program computes when every input is on", () => {
    const on = { enabled: true };
    const pull: PullSelections = {
      prometheus: selections.prometheus({ diagnosticMetrics: on }),
      istio: selections.istio({ diagnosticMetrics: on, envoyMetrics: on }),
      runtime: selections.runtime(runtimeMetrics.map(({ name }) => name)),
      apiServer: selections.apiServer,
    };
    const computed = pullRoles.flatMap((collectors): AllowedRights[] => {
      const { cluster, namespaces } = agentRights(collectors, pull);
      const own = namespaces.flatMap(({ rules }) => rules);
      return [
        ...(cluster as unknown as AllowedRights[]).map((rule) => ({
          ...rule,
          component: "agent",
          kind: "ClusterRole" as const,
        })),
        ...(own as unknown as AllowedRights[]).map((rule) => ({ ...rule, component: "agent", kind: "Role" as const })),
      ];
    });
    const ofGateway = (enrichmentRights as unknown as AllowedRights[]).map((rule) => ({
      ...rule,
      component: "gateway",
      kind: "ClusterRole" as const,
    }));
    const ofLogAgent = ofGateway.map((rule) => ({ ...rule, component: "log-agent" }));
    assert.deepEqual(singleRights(mostRights), singleRights([...computed, ...ofGateway, ...ofLogAgent]));
  });

  it("leaves roles of others alone", () => {
    const others = {
      type: "rbac.authorization.k8s.io/v1:Role",
      props: { rules: [{ ...metadata, verbs: ["delete"] }] },
    };
    assert.deepEqual(judge(rbacComputedRights, others), { messages: [] });
  });

  it("rejects a verb, a resource, a scope or a component that no input needs", () => {
    const refused = (rule: object): string[] => judge(rbacComputedRights, clusterRole([rule])).messages;
    assert.deepEqual(refused({ ...metadata, resources: ["pods"], verbs: ["list", "delete"] }), [
      "rules[0]: the gateway has the right to delete pods, which no input needs. Remove it.",
    ]);
    assert.deepEqual(refused({ apiGroups: ["apps"], resources: ["replicasets"], verbs: ["watch"] }), [
      "rules[0]: the gateway has the right to watch replicasets of apps, which no input needs. Remove it.",
    ]);
    const lease = { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["update"] };
    assert.deepEqual(judge(rbacComputedRights, clusterRole([lease], "agent")).messages, [
      "rules[0]: the agent has the right to update leases of coordination.k8s.io, which no input needs. Remove it.",
    ]);
    assert.deepEqual(judge(rbacComputedRights, role([lease], "telemetry", "extra")).messages, [
      "rules[0]: the extra has the right to update leases of coordination.k8s.io, which no input needs. Remove it.",
    ]);
  });

  it("allows rights that an environment adds", () => {
    const lease = { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["update"] };
    const allowed = [{ component: "extra", kind: "Role", ...lease }];
    assert.deepEqual(judge(rbacComputedRights, role([lease], "telemetry", "extra"), { allowed }), { messages: [] });
  });

  it("waits for the update when the rules are not known yet", () => {
    const { messages, unknown: note } = judge(rbacComputedRights, clusterRole([{ ...metadata, resources: unknown }]));
    assert.deepEqual(messages, []);
    assert.match(note ?? "", /\.rules\.0\.resources can't be known/);
  });
});

describe("merged-secret-readers", () => {
  const secrets = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };
  const refused = [
    "rules[0] lets its subjects read the merged Secret. Remove secrets, or list the required Secrets in resourceNames.",
  ];
  const judged = (given: Parameters<typeof judge>[1]): string[] =>
    judge(mergedSecretReaders, [mergedSecret(), given].flat()).messages;

  it("accepts roles that read other Secrets, or nothing but names", () => {
    assert.deepEqual(judged(clusterRole([metadata])), []);
    assert.deepEqual(judged(role([secrets], "shop")), []);
    assert.deepEqual(judged(role([{ ...secrets, resourceNames: ["registry"] }])), []);
    assert.deepEqual(judged(role([{ ...secrets, verbs: ["create"] }])), []);
  });

  it("rejects a role that reads it by its name, by any name, or by a wildcard", () => {
    assert.deepEqual(judged(role([secrets])), refused);
    assert.deepEqual(judged(role([{ ...secrets, resourceNames: ["telemetry-credentials-0123456789"] }])), refused);
    assert.deepEqual(judged(clusterRole([{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }])), refused);
  });

  it("knows the Secret before it has its name", () => {
    const metadataOfSecret = (mergedSecret().props as { metadata: object }).metadata;
    const unnamed = mergedSecret({}, { metadata: { ...metadataOfSecret, name: unknown } });
    assert.deepEqual(judge(mergedSecretReaders, [unnamed, role([secrets])]), { messages: refused });
  });

  it("judges all other roles when one is not known yet", () => {
    const judgement = judge(mergedSecretReaders, [
      mergedSecret(),
      clusterRole([{ ...secrets, verbs: unknown }]),
      role([secrets]),
    ]);
    assert.deepEqual(judgement.messages, refused);
    assert.match(judgement.unknown ?? "", /\.rules\.0\.verbs can't be known/);
  });
});
