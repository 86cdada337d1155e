import { setTimeout as sleep } from "node:timers/promises";
import { Gateway } from "./away/gateway";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { nodeNames } from "../e2e/support/kubectl";
import { makeNamespaces, removeNamespaces } from "../e2e/support/probe";
import { Senders, type Counts } from "../e2e/support/senders";
import { Stack } from "../e2e/support/stack";

/**
 * Measures the effect on a node's applications while its gateway is away: the number of pushes that fail, and the share of
 * arrived data without Kubernetes metadata. Compares the real Service (`Local`) to one that falls back to gateways of other
 * nodes (`PreferSameNode`). Kills the gateway's process on the real cluster of KUBECONFIG, whose nodes must be on this
 * machine. Kubernetes restarts it at once, and the second time after 10 seconds.
 */
const senders = {
  gRPC: { protocol: "grpc", endpoint: "telemetry-otlp.telemetry:4317" },
  HTTP: { protocol: "http", endpoint: "telemetry-otlp.telemetry:4318" },
  "HTTP, new connections": { protocol: "http", endpoint: "telemetry-otlp.telemetry:4318", newConnections: true },
} as const;

const routes = {
  Local: { internalTrafficPolicy: "Local", trafficDistribution: null },
  PreferSameNode: { internalTrafficPolicy: "Cluster", trafficDistribution: "PreferSameNode" },
} as const;

/** Requests per second, with one point each. */
const rate = 20;

interface Row {
  readonly route: string;
  readonly restart: string;
  /** Seconds from the kill until the gateway was ready again. */
  readonly away: number;
  readonly sender: string;
  readonly pushes: number;
  readonly failed: number;
  readonly arrived: number;
  readonly withoutMetadata: number;
}

async function startSenders(node: string): Promise<Map<string, Senders>> {
  const started = Object.entries(senders).map(async ([name, options], i): Promise<[string, Senders]> => {
    return [name, await Senders.start(`away-${i}`, { ...options, rate, node })];
  });
  return new Map(await Promise.all(started));
}

const only = (counts: Map<string, Counts>): Counts => [...counts.values()][0] as Counts;

async function measure(route: string, restart: string, gateway: Gateway, backend: Backend): Promise<Row[]> {
  const groups = await startSenders(gateway.node);
  // Data of a pod's first second may lack metadata in any case: the gateway must first learn of the pod.
  await sleep(5000);
  const before = new Map<string, Counts>();
  for (const [name, group] of groups) before.set(name, only(await group.counts()));
  await backend.reset();
  const away = await gateway.killAndAwait();
  await sleep(10_000);
  const after = new Map<string, Counts>();
  for (const [name, group] of groups) after.set(name, only(await group.stop()));
  // The gateway sends the data of one second at a time.
  await sleep(3000);

  const rows: Row[] = [];
  for (const [sender, group] of groups) {
    const items = await backend.items({ "resource.sender": group.podNames[0] ?? "" });
    const [first, last] = [before.get(sender) as Counts, after.get(sender) as Counts];
    rows.push({
      route,
      restart,
      away: Number(away.toFixed(1)),
      sender,
      pushes: last.ok + last.failed - first.ok - first.failed,
      failed: last.failed - first.failed,
      arrived: items.length,
      withoutMetadata: items.filter(({ resource }) => resource["k8s.pod.name"] === undefined).length,
    });
    await group.remove();
  }
  return rows;
}

async function main(): Promise<void> {
  const stack = new Stack({});
  const rows: Row[] = [];
  try {
    await makeNamespaces(backendNamespace);
    const backend = await Backend.start("away");
    const output = { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } };
    stack.configure({ metricPipelines: [{ name: "away", output }] });
    await stack.create();
    await stack.up();
    const gateway = new Gateway((await nodeNames())[0] ?? "");
    for (const [route, service] of Object.entries(routes)) {
      await gateway.routeBy(service);
      await gateway.startAfresh();
      for (const restart of ["at once", "after 10 s"]) {
        const measured = await measure(route, restart, gateway, backend);
        for (const { sender, away, pushes, failed, arrived, withoutMetadata } of measured) {
          console.log(
            `${route}, restart ${restart} (away for ${away} s), ${sender}: ${failed} of ${pushes} pushes failed, ` +
              `${withoutMetadata} of ${arrived} points without metadata`,
          );
        }
        rows.push(...measured);
      }
    }
  } finally {
    await Senders.removeAll();
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace);
  }
  console.table(rows);
  const share = (route: keyof typeof routes, part: "failed" | "withoutMetadata", of: "pushes" | "arrived"): number => {
    const sum = (key: keyof Row): number =>
      rows.filter((row) => row.route === route).reduce((total, row) => total + Number(row[key]), 0);
    return sum(part) / sum(of);
  };
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  for (const route of ["Local", "PreferSameNode"] as const) {
    console.log(
      `${route}: ${percent(share(route, "failed", "pushes"))} of pushes failed, ` +
        `${percent(share(route, "withoutMetadata", "arrived"))} of points without metadata`,
    );
  }
}

void main();
