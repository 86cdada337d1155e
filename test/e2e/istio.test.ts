import assert from "node:assert/strict";
import { Backend, backendNamespace } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, kubectl, type KubernetesObject } from "./support/kubectl";
import { makeNamespaces, removeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";
import { scrapesOf, startTargets } from "./support/targets";
import type { Pod } from "./support/kubectl";

const namespace = "e2e-mesh";

/** The labels that Istio's standard metrics have, with values of our own. */
const labels = [
  'reporter="destination"',
  ...["workload", "workload_namespace", "principal", "app", "version", "cluster"].flatMap((key) => [
    `source_${key}="${key}-of-web"`,
    `destination_${key}="${key}-of-orders"`,
  ]),
  ...["", "_name", "_namespace"].map((key) => `destination_service${key}="orders"`),
  'source_canonical_service="web",destination_canonical_service="orders"',
  'source_canonical_revision="v1",destination_canonical_revision="v2"',
  'request_protocol="http",response_code="200",response_flags="-",grpc_response_status=""',
  'connection_security_policy="mutual_tls"',
].join(",");

/**
 * What a proxy of the mesh answers, in the form in which Envoy and Istio document it. No mesh runs here: a container
 * that is named and has a port like a proxy stands in for it, so this proves what is asked of it and what becomes of
 * its answer, and nothing about a real proxy.
 */
const proxyMetrics = `# TYPE istio_requests_total counter
istio_requests_total{${labels}} 7
# TYPE istio_request_duration_milliseconds histogram
istio_request_duration_milliseconds_bucket{${labels},le="5"} 4
istio_request_duration_milliseconds_bucket{${labels},le="+Inf"} 7
istio_request_duration_milliseconds_sum{${labels}} 41
istio_request_duration_milliseconds_count{${labels}} 7
# TYPE envoy_cluster_upstream_cx_active gauge
envoy_cluster_upstream_cx_active{cluster_name="inbound|8080||"} 2
# TYPE orders_open gauge
orders_open 3
`;

describe("the metric agent's Istio input", function () {
  this.timeout("5m");
  let plain: Backend, envoy: Backend;
  const stack = new Stack({});
  let configuration: Readonly<Record<string, unknown>> = {};

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
    configuration = {
      metric: { collectionInterval: "2s" },
      metricPipelines: [
        pipeline(plain, { istio: { enabled: true } }),
        pipeline(envoy, {
          istio: { enabled: true, envoyMetrics: { enabled: true }, diagnosticMetrics: { enabled: true } },
        }),
      ],
    };
    stack.configure({ ...configuration, istio: { mode: "on" } });
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
    assert.equal(Object.keys(item.attributes).length, 24, "all of its labels, but for one that is empty");
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

  it("finds out by Istio's kinds whether there is a mesh, when nobody says it", async () => {
    stack.configure({ ...configuration, istio: { mode: "auto" } });
    const without = await stack.preview();
    assert.match(without.output, /- +sidecar\.istio\.io\/inject/, without.output);
    await apply(someKindOfIstio);
    try {
      await kubectl("wait", "--for=condition=Established", "crd/meshes.e2e.istio.io", "--timeout=30s");
      const withKinds = await stack.preview("--expect-no-changes");
      assert.equal(withKinds.code, 0, withKinds.output);
    } finally {
      await kubectl("delete", "crd", "meshes.e2e.istio.io");
    }
  });
});

const someKindOfIstio = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "meshes.e2e.istio.io" },
  spec: {
    group: "e2e.istio.io",
    scope: "Cluster",
    names: { kind: "Mesh", plural: "meshes" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
  },
};
