import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { apply, kubectl, pods } from "../e2e/support/kubectl";
import { ManagedStack } from "../e2e/support/manager";
import { defineMonitors, monitor, removeMonitors } from "../e2e/support/operator-definitions";
import { makeNamespaces, removeNamespaces } from "../e2e/support/probe";
import { scrapesOf, startTargets, type Scrape } from "../e2e/support/targets";

const shop = "e2e-changed-monitors";
/** Seconds between two scrapes. */
const interval = 2;
/** Seconds without a request after which a target counts as no longer scraped. */
const silence = 5 * interval;

const podMonitor = (name: string, path = "/metrics"): object =>
  monitor("PodMonitor", shop, name, {
    selector: { matchLabels: { "app.kubernetes.io/name": name } },
    podMetricsEndpoints: [{ port: "metrics", interval: `${interval}s`, path }],
  });

const scrapes = async (name: string): Promise<Scrape[]> => {
  const [pod] = await pods(shop, name);
  assert.ok(pod, name);
  return scrapesOf(pod);
};

const since = (start: number): number => (Date.now() - start) / 1000;
const print = (what: string, seconds: number): void => console.log(`      ${what} after ${seconds.toFixed(0)} s`);

/** The order matters: each test begins with the objects of the one before it. */
describe("monitors that change while the manager runs", function () {
  this.timeout("10m");
  const managed = new ManagedStack("e2e-monitors");
  let gateways: string[] = [];

  const gatewayPods = async (): Promise<string[]> =>
    (await pods("telemetry", "telemetry-otlp-gateway")).map(({ metadata }) => metadata.uid).sort();

  before(async () => {
    await makeNamespaces(backendNamespace, shop);
    await defineMonitors();
    const ports = [{ name: "metrics", containerPort: 9100 }];
    const [backend] = await Promise.all([
      Backend.start("monitors"),
      startTargets(["steady", "late"].map((name) => ({ namespace: shop, name, ports }))),
    ]);
    await apply(podMonitor("steady"));
    const output = { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } };
    const input = {
      otlp: { enabled: false },
      prometheusOperator: { enabled: true, namespaces: { include: [shop] } },
    };
    managed.configure({
      istio: { mode: "off" },
      verification: { mode: "off" },
      metric: { prometheusOperator: { minimumInterval: "1s" } },
      metricPipelines: [
        { name: "pushed", output },
        { name: "monitored", input, output },
      ],
    });
    await managed.create();
    await managed.start("--no-policies");
    await managed.prints(/Updated after/, 0);
    await eventually(async () => assert.ok((await scrapes("steady")).length > 0), 60);
    gateways = await gatewayPods();
  });

  after(async () => {
    await managed.dispose();
    await kubectl("-n", "default", "delete", "lease", "telemetry-manager-e2e-monitors", "--ignore-not-found");
    await removeNamespaces(backendNamespace, shop);
    await removeMonitors();
  });

  it("are scraped after they were added", async () => {
    const start = Date.now();
    await apply(podMonitor("late"));
    await eventually(async () => assert.ok((await scrapes("late")).length > 0), 180);
    print("a target is asked", since(start));
  });

  it("are scraped with other settings after they were changed", async () => {
    const start = Date.now();
    await apply(podMonitor("late", "/changed"));
    await eventually(async () => assert.ok((await scrapes("late")).some(({ path }) => path === "/changed")), 180);
    print("a target is scraped at its other path", since(start));
  });

  it("are no longer scraped after they were removed", async () => {
    const start = Date.now();
    await kubectl("-n", shop, "delete", "podmonitor", "late");
    const last = await eventually(async () => {
      const latest = Math.max(...(await scrapes("late")).map(({ at }) => Date.parse(at)));
      assert.ok(since(latest) > silence, "it is still scraped");
      return latest;
    }, 180);
    print("a target is scraped for the last time", Math.max(0, (last - start) / 1000));
  });

  it("disturb neither the gateway nor other targets", async () => {
    assert.deepEqual(await gatewayPods(), gateways);
    await sleep(silence * 1000);
    const times = (await scrapes("steady")).map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, i) => (time - (times[i] ?? time)) / 1000);
    const longest = Math.max(...gaps);
    console.log(`      the longest time between two requests to another target was ${longest.toFixed(1)} s`);
    assert.ok(longest < silence, `another target was not asked for ${longest} s`);
  });
});
