import assert from "node:assert/strict";
import { goRegexFault } from "../../../components/monitors/go-regex";
import type { MonitorKind } from "../../../components/contract";
import type { MonitorObject } from "../../../components/monitors/monitor-object";
import { relabel, type Rule, type TargetLabels } from "../helpers/relabel";
import { translated } from "../helpers/monitors";
import monitors from "./recorded/monitors.json";
// The operator itself made these configurations of the monitors: `test/operator` records them.
import recorded from "./recorded/operator.json";

interface Job {
  readonly job_name: string;
  readonly scheme?: string;
  readonly metrics_path?: string;
  readonly relabel_configs: readonly Rule[];
  readonly metric_relabel_configs?: readonly Rule[];
  readonly kubernetes_sd_configs: readonly {
    readonly role: string;
    readonly namespaces?: { readonly names: string[] };
  }[];
}

/** Removes the rules that spread targets among several servers: agents are spread by nodes. */
const isAboutTargets = ({ source_labels: sources = [], target_label: label = "" }: Rule): boolean =>
  ![...sources, label].some((name) => name === "__tmp_hash");
const theirs = (recorded.scrapeConfigs as readonly unknown[] as readonly Job[]).map((one) => ({
  ...one,
  relabel_configs: one.relabel_configs.filter(isAboutTargets),
}));
const objects = (kind: MonitorKind, list: readonly { readonly metadata: object; readonly spec: unknown }[]) =>
  list.map((one): MonitorObject => ({
    kind,
    labels: {},
    ...(one.metadata as { name: string; namespace: string }),
    spec: one.spec,
  }));
const ours = [...objects("ServiceMonitor", monitors.serviceMonitors), ...objects("PodMonitor", monitors.podMonitors)]
  .flatMap((one) => translated(one).jobs)
  .map(({ config }) => config as Job);

const labels = (object: string, of: Readonly<Record<string, string>>): TargetLabels =>
  Object.fromEntries(
    Object.entries(of).flatMap(([key, value]) => {
      const name = key.replaceAll(/[^a-zA-Z0-9_]/g, "_");
      return [
        [`__meta_kubernetes_${object}_label_${name}`, value],
        [`__meta_kubernetes_${object}_labelpresent_${name}`, "true"],
      ];
    }),
  );

const labelSets: readonly Readonly<Record<string, string>>[] = [
  { app: "orders", version: "v1", "app.kubernetes.io/name": "orders", team: "blue" },
  { app: "orders", version: "v0.9", "app.kubernetes.io/name": "v1.2" },
  { app: "stock", version: "v1", "app.kubernetes.io/name": "stock" },
  { app: "private", private: "yes", "app.kubernetes.io/name": "orders" },
  {},
];
const ports = [
  { name: "metrics", number: "8080" },
  { name: "http", number: "9090" },
  { name: "other", number: "1234" },
];

/** Discovery's labels of pods on this node, behind a Service or not, of many kinds. */
const targets = ["shop", "stock", "monitoring"].flatMap((namespace) =>
  labelSets.flatMap((own, i) =>
    ports.flatMap((port) =>
      ["Running", "Pending", "Succeeded"].map((phase): TargetLabels => {
        const ip = i === 1 ? "fd00::7" : "10.0.0.7";
        return {
          __address__: ip.includes(":") ? `[${ip}]:${port.number}` : `${ip}:${port.number}`,
          __meta_kubernetes_namespace: namespace,
          __meta_kubernetes_service_name: "orders-service",
          __meta_kubernetes_pod_name: "orders-5d4f-x2x1",
          __meta_kubernetes_pod_node_name: "node-1",
          __meta_kubernetes_pod_ip: ip,
          __meta_kubernetes_pod_phase: phase,
          __meta_kubernetes_pod_container_name: "app",
          __meta_kubernetes_pod_container_port_name: port.name,
          __meta_kubernetes_pod_container_port_number: port.number,
          __meta_kubernetes_endpointslice_port_name: port.name,
          __meta_kubernetes_endpointslice_address_target_kind: "Pod",
          __meta_kubernetes_endpointslice_address_target_name: "orders-5d4f-x2x1",
          ...labels("pod", own),
          ...labels("service", own),
        };
      }),
    ),
  ),
);

/** Returns the labels with which a job scrapes a target, or nothing if it does not scrape the target. */
function scraped(job: Job, target: TargetLabels): TargetLabels | undefined {
  const names = job.kubernetes_sd_configs[0]?.namespaces?.names;
  if (names && !names.includes(target.__meta_kubernetes_namespace ?? "")) return undefined;
  const offered = { __scheme__: job.scheme ?? "http", __metrics_path__: job.metrics_path ?? "/metrics", ...target };
  const result = relabel(job.job_name, job.relabel_configs, offered);
  const isKept = (label: string): boolean => !/^__(meta|tmp|telemetry|scrape)/.test(label);
  return result && Object.fromEntries(Object.entries(result).filter(([label]) => isKept(label)));
}

const settingsOf = (job: Job): Record<string, unknown> => {
  const apart = ["relabel_configs", "metric_relabel_configs", "kubernetes_sd_configs"];
  return Object.fromEntries(Object.entries(job).filter(([key]) => !apart.includes(key)));
};

describe("The jobs of monitors, compared with those that the operator makes", () => {
  it("have the same names", () => {
    assert.deepEqual(ours.map((job) => job.job_name).sort(), theirs.map((job) => job.job_name).sort());
    assert.equal(recorded.operator, "v0.94.1");
  });

  for (const their of theirs) {
    const our = ours.find((job) => job.job_name === their.job_name);

    it(`of ${their.job_name} scrape the same targets with the same labels`, () => {
      assert.ok(our);
      const expected = targets.map((target) => scraped(their, target));
      for (const [i, target] of targets.entries())
        assert.deepEqual(scraped(our, target), expected[i], JSON.stringify(target));
      // A job that drops all of them would prove nothing.
      assert.ok(expected.some((one) => one !== undefined));
    });

    it(`of ${their.job_name} change the same metrics`, () => {
      const count = their.metric_relabel_configs?.length ?? 0;
      const rules = our?.metric_relabel_configs
        ?.slice(0, count)
        .map((rule) => JSON.parse(JSON.stringify(rule).replaceAll("$$", "$")) as Rule);
      const withAction = their.metric_relabel_configs?.map((rule) => ({ action: "replace", ...rule }));
      assert.deepEqual(rules, withAction ?? []);
    });
  }

  it("have the operator's settings, except for credentials, which are files, and for the stack's own limits", () => {
    const own = [
      "sample_limit",
      "body_size_limit",
      "label_limit",
      "fallback_scrape_protocol",
      "keep_dropped_targets",
      "scrape_interval",
      "scrape_timeout",
    ];
    const secret = ["basic_auth", "authorization", "tls_config", "bearer_token"];
    for (const their of theirs) {
      const expected = settingsOf(their);
      const our = ours.find((job) => job.job_name === their.job_name);
      const actual = our ? settingsOf(our) : {};
      // A redirect could answer for pods of other namespaces, so only monitors that ask for it follow redirects.
      expected.follow_redirects = false;
      if (expected.honor_labels === false) delete expected.honor_labels;
      for (const key of own) if (key in actual) expected[key] ??= actual[key];
      if (expected.scrape_interval === "1m") expected.scrape_interval = "60s";
      // The operator leaves the unit to Prometheus.
      if (expected.body_size_limit === "1MB") expected.body_size_limit = "1048576B";
      for (const key of secret) [expected, actual].forEach((settings) => delete settings[key]);
      assert.deepEqual(actual, expected, their.job_name);
    }
  });
});

describe("A regular expression of a monitor", () => {
  const all: Readonly<Record<string, boolean>> = recorded.regexes;
  for (const [text, isReadable] of Object.entries(all)) {
    it(`is ${isReadable ? "accepted" : "refused"}, as Prometheus does: ${text}`, () => {
      assert.equal(goRegexFault(text) === undefined, isReadable, goRegexFault(text));
    });
  }
});
