import assert from "node:assert/strict";
import { annotatedObjects } from "../../../components/verification/read-annotated";

const pod = (name: string, change: { phase?: string; annotations?: Record<string, string>; app?: string } = {}) => ({
  metadata: { name, namespace: "shop", annotations: change.annotations ?? {}, labels: { app: change.app ?? "web" } },
  spec: {
    nodeName: "node1",
    containers: [{ ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }] }, {}],
    initContainers: [{ ports: [{ name: "metrics", containerPort: 9100 }] }],
  },
  status: { phase: change.phase ?? "Running" },
});
const asks = { "prometheus.io/scrape": "true", "prometheus.io/port": "metrics", other: "annotation" };

describe("annotated objects of the cluster", () => {
  const ports = [{ name: "http", protocol: "TCP" }, { name: "metrics" }];

  it("are Pods that run, with their annotations and ports", () => {
    const pods = [pod("a", { annotations: asks }), pod("b"), pod("c", { annotations: asks, phase: "Succeeded" })];
    assert.deepEqual(annotatedObjects([], pods), [
      {
        kind: "Pod",
        namespace: "shop",
        name: "a",
        annotations: { scrape: "true", port: "metrics" },
        ports,
        pods: [{ node: "node1", isAnnotated: true, ports }],
      },
    ]);
  });

  it("are Services, with the running Pods behind them", () => {
    const metadata = { name: "web", namespace: "shop", annotations: asks };
    const service = { metadata, spec: { selector: { app: "web" }, ports: [{ name: "web", port: 80 }] } };
    const others = [{ metadata: { ...metadata, annotations: {} }, spec: service.spec }];
    const pods = [pod("a"), pod("b", { app: "other" }), pod("c", { phase: "Pending" })];
    assert.deepEqual(annotatedObjects([service, ...others], pods), [
      {
        kind: "Service",
        namespace: "shop",
        name: "web",
        annotations: { scrape: "true", port: "metrics" },
        ports: [{ name: "web" }],
        pods: [{ node: "node1", isAnnotated: false, ports }],
      },
    ]);
  });

  it("are Services without a selector, whose Pods are not known", () => {
    const metadata = { name: "web", namespace: "shop", annotations: asks };
    const services: Parameters<typeof annotatedObjects>[0] = [
      { metadata, spec: { ports: [{ name: "web" }] } },
      { metadata, spec: { selector: {} } },
      { metadata, spec: { type: "ExternalName", selector: { app: "web" } } },
    ];
    const service = {
      kind: "Service",
      namespace: "shop",
      name: "web",
      annotations: { scrape: "true", port: "metrics" },
    };
    assert.deepEqual(annotatedObjects(services, [pod("a")]), [
      { ...service, leadsTo: "endpointSlices", ports: [{ name: "web" }], pods: [] },
      { ...service, leadsTo: "endpointSlices", ports: [], pods: [] },
      { ...service, leadsTo: "externalName", ports: [], pods: [] },
    ]);
  });
});
