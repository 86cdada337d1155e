import assert from "node:assert/strict";
import { Backend, backendNamespace } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, type KubernetesObject } from "./support/kubectl";
import { makeNamespaces, removeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";
import { scrapesOf, startTargets } from "./support/targets";
import type { Pod } from "./support/kubectl";

const namespace = "e2e-mesh";

/**
 * What a proxy of the mesh answers, in the form in which Envoy and Istio document it. No mesh runs here: a container
 * that is named and has a port like a proxy stands in for it, so this proves what is asked of it and what becomes of
 * its answer, and nothing about a real proxy.
 */
const proxyMetrics = `# TYPE istio_requests_total counter
istio_requests_total{reporter="destination",source_workload="web",destination_workload="orders",response_code="200"} 7
# TYPE istio_request_duration_milliseconds histogram
istio_request_duration_milliseconds_bucket{reporter="destination",le="5"} 4
istio_request_duration_milliseconds_bucket{reporter="destination",le="+Inf"} 7
istio_request_duration_milliseconds_sum{reporter="destination"} 41
istio_request_duration_milliseconds_count{reporter="destination"} 7
# TYPE envoy_cluster_upstream_cx_active gauge
envoy_cluster_upstream_cx_active{cluster_name="inbound|8080||"} 2
# TYPE orders_open gauge
orders_open 3
`;

describe("the metric agent's Istio input", function () {
  this.timeout("5m");
  let plain: Backend, envoy: Backend;
  const stack = new Stack({});

  const namesAt = async (backend: Backend): Promise<string[]> =>
    [...new Set((await backend.items()).map(({ name }) => name))].sort();

  before(async () => {
    await makeNamespaces(backendNamespace, namespace);
    await apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "proxy", namespace },
      data: { metrics: proxyMetrics },
    });
    const proxy = {
      namespace,
      container: "istio-proxy",
      ports: [{ name: "http-envoy-prom", containerPort: 15090 }],
      flags: ["--ports=15090", "--file=/files/metrics"],
      files: "proxy",
    };
    [plain, envoy] = await Promise.all([
      Backend.start("plain"),
      Backend.start("envoy"),
      startTargets([
        { ...proxy, name: "with-proxy" },
        { ...proxy, name: "other-port", ports: [{ name: "http-admin", containerPort: 15090 }] },
        { ...proxy, name: "no-proxy", container: "proxy" },
      ]),
    ]);
    const pipeline = (backend: Backend, input: object) => ({
      name: backend.name,
      input: { otlp: { enabled: false }, ...input },
      output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
    });
    stack.configure({
      metric: { collectionInterval: "2s" },
      istio: { mode: "on" },
      metricPipelines: [
        pipeline(plain, { istio: { enabled: true } }),
        pipeline(envoy, {
          istio: { enabled: true, envoyMetrics: { enabled: true }, diagnosticMetrics: { enabled: true } },
        }),
      ],
    });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace, namespace);
  });

  it("asks the proxies of the mesh, by their name and port, and nothing else", async () => {
    const targets = await get<Pod>("pods", "-n", namespace, "-l", "e2e=target");
    await eventually(async () => {
      const asked = await Promise.all(
        targets.map(async (target): Promise<[string, string[]]> => {
          const paths = (await scrapesOf(target)).map(({ port, path }) => `${port} ${path}`);
          return [target.metadata.name, [...new Set(paths)]];
        }),
      );
      assert.deepEqual(Object.fromEntries(asked), {
        "with-proxy": ["15090 /stats/prometheus"],
        "other-port": [],
        "no-proxy": [],
      });
    });
  });

  it("delivers what Istio measures, and Envoy's own metrics and diagnostics where they are wanted", async () => {
    await eventually(async () => {
      assert.deepEqual(await namesAt(plain), ["istio_request_duration_milliseconds", "istio_requests_total"]);
      const all = await namesAt(envoy);
      for (const name of ["envoy_cluster_upstream_cx_active", "istio_requests_total", "up"]) {
        assert.ok(all.includes(name), name);
      }
      assert.ok(!all.includes("orders_open"), "what the proxy passes on of its application");
    });
  });

  it("tells which pod's proxy it was", async () => {
    const [item] = await plain.items({ name: "istio_requests_total" });
    assert.equal(item?.resource["k8s.pod.name"], "with-proxy");
    assert.equal(item?.resource["service.name"], "with-proxy");
    assert.equal(item?.scope, "telemetry-pipelines/istio");
  });

  it("asks for a proxy of the agents' own that leaves its certificates to them, and sends only exports through it", async () => {
    type DaemonSet = KubernetesObject & {
      spec: { template: { metadata: { annotations: Record<string, string>; labels: Record<string, string> } } };
    };
    const [daemonSet] = (await get<DaemonSet>("daemonsets", "-n", "telemetry")).filter(
      ({ metadata }) => metadata.name === "telemetry-metric-agent",
    );
    const { annotations, labels } = daemonSet?.spec.template.metadata ?? { annotations: {}, labels: {} };
    assert.equal(labels["sidecar.istio.io/inject"], "true");
    assert.deepEqual(annotations, {
      "proxy.istio.io/config":
        "holdApplicationUntilProxyStarts: true\nproxyMetadata:\n  OUTPUT_CERTS: /etc/istio-output-certs\n",
      "sidecar.istio.io/userVolumeMount": '[{"name":"istio-certs","mountPath":"/etc/istio-output-certs"}]',
      "traffic.sidecar.istio.io/excludeInboundPorts": "8888",
      "traffic.sidecar.istio.io/includeOutboundIPRanges": "",
      "traffic.sidecar.istio.io/includeOutboundPorts": "4317",
    });
  });
});
