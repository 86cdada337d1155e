import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apply } from "./kubectl";
import type { Mesh } from "./mesh";
import { scrapeAnnotations, serviceOf, startTargets } from "./targets";

export const namespace = "e2e-mesh";
export const ofOrders = `spiffe://cluster.local/ns/${namespace}/sa/orders`;
export const ofAgent = "spiffe://cluster.local/ns/telemetry/sa/telemetry-metric-agent";

const fixture = (name: string): string => readFileSync(join(__dirname, "../fixtures/istio-proxy", name), "utf8");
export const istioMetrics = fixture("istio.txt");
export const envoyMetrics = fixture("envoy.txt");
/** Metrics of the application, which the proxy's agent adds to its own. */
const applicationMetrics = "# TYPE orders_open gauge\norders_open 3\n";

/**
 * Starts a proxy, two containers that resemble one, and four targets over TLS, which have Services: a target of the mesh,
 * one of another mesh, one of another mesh that accepts callers of this one, and one to be verified by its address.
 */
export async function startMeshTargets(mesh: Mesh, otherMesh: Mesh): Promise<void> {
  const configMap = (name: string, data: Record<string, string>) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data,
  });
  const workload = (name: string, { cert = "", key = "" } = {}, ca = "") => configMap(name, { cert, key, ca });
  const [ours, theirs] = [mesh.workloads[1], otherMesh.workloads[1]];
  const inMesh = { "security.istio.io/tlsMode": "istio" };
  const overTls = { namespace, flags: ["--tls-cert=/files/cert", "--tls-key=/files/key"] };
  const demanding = { ...overTls, labels: inMesh, flags: [...overTls.flags, "--client-ca=/files/ca"] };
  const proxy = {
    namespace,
    container: "istio-proxy",
    ports: [{ name: "http-envoy-prom", containerPort: 15090 }],
    // The proxy's agent has its own and the application's metrics at another port, which no container declares.
    flags: ["--ports=15090,15020", "--file=/files/metrics"],
    files: "proxy",
  };
  const merged = scrapeAnnotations({ port: "15020", path: "/stats/prometheus" });
  const items = [
    configMap("proxy", { metrics: istioMetrics + envoyMetrics + applicationMetrics }),
    workload("strict", ours, mesh.root),
    workload("of-another-mesh", theirs, otherMesh.root),
    workload("impostor", theirs, mesh.root),
    workload("by-address", ours),
    ...["strict", "of-another-mesh", "impostor"].map((name) => serviceOf(namespace, name, scrapeAnnotations())),
    serviceOf(namespace, "by-address", scrapeAnnotations({ scheme: "https" })),
  ];
  await apply({ apiVersion: "v1", kind: "List", items });
  await startTargets([
    { ...proxy, name: "with-proxy", labels: inMesh, annotations: merged },
    { ...proxy, name: "other-port", ports: [{ name: "http-admin", containerPort: 15090 }] },
    { ...proxy, name: "no-proxy", container: "proxy" },
    ...["strict", "of-another-mesh", "impostor"].map((name) => ({ ...demanding, name, files: name })),
    { ...overTls, name: "by-address", files: "by-address" },
  ]);
}
