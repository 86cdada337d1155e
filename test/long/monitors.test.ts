import assert from "node:assert/strict";
import { Backend, backendNamespace, makeCertificates, type Item } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { apply, get, pods, type Pod } from "../e2e/support/kubectl";
import { defineMonitors, monitor, removeMonitors } from "../e2e/support/operator-definitions";
import { makeNamespaces, putSecret, removeNamespaces } from "../e2e/support/probe";
import { Prometheus } from "../e2e/support/prometheus";
import { Stack } from "../e2e/support/stack";
import { scrapesOf, startTargets, type TargetPod } from "../e2e/support/targets";
import monitors from "./recorded/monitors.json";
// The operator itself made these configurations, for the role Endpoints, its default: `test/operator` records them.
import recorded from "./recorded/operator.json";

const shop = "e2e-monitors-shop";
const stock = "e2e-monitors-stock";
/** The token in the recorded configuration. */
const token = "p";

/** Pods by the monitor that selects them. All have series whose values do not change. */
const selected: readonly TargetPod[] = [
  {
    namespace: shop,
    name: "web",
    labels: { version: "v1" },
    ports: [
      { name: "http", containerPort: 9100 },
      { name: "admin", containerPort: 9101 },
    ],
    flags: ["--ports=9100,9101", "--samples=3"],
  },
  { namespace: shop, name: "blue-1", ports: [{ containerPort: 9100 }] },
  { namespace: stock, name: "blue-2", ports: [{ containerPort: 9100 }], flags: ["--samples=4", "--labels=2"] },
  { namespace: stock, name: "unwanted", ports: [{ containerPort: 9100 }] },
  {
    namespace: shop,
    name: "over-tls",
    flags: ["--tls-cert=/files/cert", "--tls-key=/files/key"],
    files: "certificate",
  },
  { namespace: shop, name: "with-token", flags: [`--bearer=${token}`] },
  { namespace: shop, name: "headless", labels: { group: "headless" }, ports: [{ containerPort: 9100 }] },
  { namespace: shop, name: "headless-2", labels: { group: "headless" }, ports: [{ containerPort: 9100 }] },
  {
    namespace: shop,
    name: "changed",
    labels: { monitored: "yes" },
    ports: [{ name: "metrics", containerPort: 9100 }],
    flags: ["--samples=5", "--labels=1"],
  },
  {
    namespace: shop,
    name: "by-number",
    labels: { numbered: "yes" },
    ports: [{ containerPort: 9101 }, { containerPort: 9102 }],
    flags: ["--ports=9101,9102"],
  },
];
const targets = selected.map((one) => ({ ...one, labels: { ...one.labels, target: one.name } }));

const service = (namespace: string, name: string, labels: object, selector: object, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, labels },
  spec: { selector, ports: [{ name: "web", port: 9100, targetPort: 9100 }], ...more },
});
const blue = { team: "e2e-blue" };
const services = [
  service(shop, "web", { app: "web" }, { target: "web" }),
  service(shop, "blue", blue, { target: "blue-1" }),
  service(stock, "blue", blue, { target: "blue-2" }),
  service(stock, "unwanted", blue, { target: "unwanted" }),
  service(shop, "over-tls", { app: "over-tls" }, { target: "over-tls" }),
  service(shop, "with-token", { app: "with-token" }, { target: "with-token" }),
  service(shop, "headless", { app: "headless" }, { group: "headless" }, { clusterIP: "None" }),
];

/** The container, port and path of each request, by monitor. The target `unwanted` is dropped. */
const expectedRequests = [
  "blue-1: 9100 /metrics",
  "blue-2: 9100 /metrics",
  "by-number: 9102 /metrics",
  "changed: 9100 /metrics",
  "headless-2: 9100 /metrics",
  "headless: 9100 /metrics",
  "over-tls: 9100 /metrics",
  "web: 9100 /metrics",
  "web: 9101 /stats?collect%5B%5D=a&collect%5B%5D=b",
  "with-token: 9100 /metrics",
];

/** Describes a series by its labels, and by its value unless that counts requests. */
type Series = Map<string, number | undefined>;

/** The scraper's own series that depend on the target only. */
const ownNames = ["up", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling"];
const isCompared = (name: string): boolean => /^(target|orders)_/.test(name) || ownNames.includes(name);

const series = (labels: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
const valueOf = (name: string, value: unknown): number | undefined =>
  name === "target_scrapes_total" ? undefined : Number(value);

const sorted = (all: Series): [string, number | undefined][] => [...all].sort(([a], [b]) => (a < b ? -1 : 1));

/** Labels in OTLP: `job` and `instance` are attributes of the resource, the others are those of the data point. */
function ours(items: readonly Item[]): Series {
  const own = items.filter(
    ({ scope, name }) => scope === "telemetry-pipelines/prometheus-operator" && isCompared(name),
  );
  return new Map(
    own.map(({ name, resource, attributes, value }) => {
      const { "service.name": job, "service.instance.id": instance } = resource;
      return [series({ ...attributes, __name__: name, job, instance }), valueOf(name, value)];
    }),
  );
}

describe("monitors, compared with a Prometheus that has the operator's own configuration", function () {
  this.timeout("8m");
  let backend: Backend;
  let prometheus: Prometheus;
  const stack = new Stack({});

  before(async () => {
    await makeNamespaces(backendNamespace, shop, stock);
    await defineMonitors();
    await putSecret(shop, "login", { user: "u", password: token });
    const { serverCert, serverKey } = await makeCertificates("over-tls");
    const certificate = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "certificate", namespace: shop },
      data: { cert: serverCert, key: serverKey },
    };
    const objects = [
      ...monitors.serviceMonitors.map((one) => ["ServiceMonitor", one] as const),
      ...monitors.podMonitors.map((one) => ["PodMonitor", one] as const),
    ].map(([kind, { metadata, spec }]) => monitor(kind, metadata.namespace, metadata.name, spec));
    await apply({ apiVersion: "v1", kind: "List", items: [certificate, ...services, ...objects] });
    [backend] = await Promise.all([Backend.start("monitors"), startTargets(targets)]);
    stack.configure({
      istio: { mode: "off" },
      metric: { prometheusOperator: { minimumInterval: "5s" } },
      metricPipelines: [
        {
          name: "monitored",
          input: {
            otlp: { enabled: false },
            prometheusOperator: {
              enabled: true,
              namespaces: { include: [shop, stock] },
              allowSecretsFrom: [shop],
              diagnosticMetrics: { enabled: true },
            },
          },
          output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
        },
      ],
    });
    await stack.create();
    await stack.up();
    // One server has the only shard.
    const jobs = JSON.parse(JSON.stringify(recorded.scrapeConfigs).replaceAll("$(SHARD)", "0")) as object[];
    prometheus = await Prometheus.scraping(backendNamespace, jobs);
  });

  after(async () => {
    await stack.destroy();
    stack.dispose();
    await Prometheus.removeRights(backendNamespace);
    await removeNamespaces(backendNamespace, shop, stock);
    await removeMonitors();
  });

  it("lead to the same requests to the same targets", async () => {
    const agents = (await pods("telemetry", "telemetry-metric-agent")).map(({ status }) => status.podIP);
    await eventually(async () => {
      assert.deepEqual(await requestsFrom([prometheus.address]), expectedRequests);
      assert.deepEqual(await requestsFrom(agents), expectedRequests);
    }, 90);
  });

  it("give the same series with the same labels and values", async () => {
    await eventually(async () => {
      const found = await prometheus.query(`{__name__=~"(target|orders)_.+|${ownNames.join("|")}"}`);
      const theirs: Series = new Map(
        found.map(({ metric, value: [, value] }) => [series(metric), valueOf(metric.__name__ ?? "", value)]),
      );
      // A target that is not ready yet would be equal in both.
      const up = [...theirs].filter(([key]) => key.includes('"up"')).map(([, value]) => value);
      assert.deepEqual(
        up,
        expectedRequests.map(() => 1),
      );
      assert.deepEqual(sorted(ours(await backend.items({ signal: "metrics" }))), sorted(theirs));
    }, 90);
  });
});

/** Returns the requests of callers with these addresses to all targets, each once. */
async function requestsFrom(callers: readonly string[]): Promise<string[]> {
  const all = await Promise.all(
    [shop, stock].map((namespace) => get<Pod>("pods", "-n", namespace, "-l", "e2e=target")),
  );
  const requests = await Promise.all(
    all
      .flat()
      .map(async (pod) =>
        (await scrapesOf(pod))
          .filter(({ from }) => callers.includes(from))
          .map(({ port, path, query }) => `${pod.metadata.name}: ${port} ${path}${query ? `?${query}` : ""}`),
      ),
  );
  return [...new Set(requests.flat())].sort();
}
