import assert from "node:assert/strict";
import { request, type RequestOptions } from "node:https";
import { Backend, backendNamespace, type Item } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, kubectl, type KubernetesObject, type Pod } from "./support/kubectl";
import { injectSidecars, makeMesh, stopInjecting, type Mesh } from "./support/mesh";
import { envoyMetrics, istioMetrics, namespace, ofAgent, ofOrders, startMeshTargets } from "./support/mesh-targets";
import { makeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";
import { scrapesOf, type Scrape } from "./support/targets";

const families = (text: string): string[] => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name);

/** Returns the labels of all series of a name, without empty labels, which mean the same as missing ones. */
const labelsOf = (text: string, name: string): Record<string, string>[] =>
  [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} `, "gm"))].map(([, labels = ""]) =>
    Object.fromEntries([...labels.matchAll(/(\w+)="([^"]+)"/g)].map(([, key = "", value = ""]) => [key, value])),
  );

const sorted = (items: readonly object[]): string[] =>
  [...new Set(items.map((item) => JSON.stringify(Object.entries(item).sort())))].sort();

describe("the metric agent in an Istio mesh", function () {
  this.timeout("12m");
  let plain: Backend, envoy: Backend, strict: Backend;
  let mesh: Mesh, otherMesh: Mesh;
  const stack = new Stack({});
  let configuration: Readonly<Record<string, unknown>> = {};

  const namesAt = async (backend: Backend): Promise<string[]> =>
    [...new Set((await backend.items()).map(({ name }) => name))].sort();

  const target = async (name: string): Promise<Pod> => {
    const [found] = await get<Pod>("pods", "-n", namespace, "-l", `app.kubernetes.io/name=${name}`);
    assert.ok(found, name);
    return found;
  };

  before(async () => {
    await makeNamespaces(backendNamespace, namespace);
    [mesh, otherMesh] = await Promise.all([makeMesh(ofAgent, ofOrders), makeMesh(ofAgent, ofOrders)]);
    await Promise.all([injectSidecars("telemetry", mesh), startMeshTargets(mesh, otherMesh)]);
    [plain, envoy, strict] = await Promise.all([
      Backend.start("plain"),
      Backend.start("envoy"),
      Backend.start("strict"),
    ]);
    const pipeline = (backend: Backend, input: object) => ({
      name: backend.name,
      input: { otlp: { enabled: false }, ...input },
      output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
    });
    const diagnosticMetrics = { enabled: true };
    configuration = {
      metric: { collectionInterval: "2s", prometheus: { tls: { ca: mesh.root } } },
      metricPipelines: [
        pipeline(plain, { istio: { enabled: true } }),
        pipeline(envoy, { istio: { enabled: true, envoyMetrics: { enabled: true }, diagnosticMetrics } }),
        pipeline(strict, { prometheus: { enabled: true, diagnosticMetrics } }),
      ],
    };
    stack.configure({ ...configuration, istio: { mode: "on" } });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await stopInjecting();
    await stack.discard(backendNamespace, namespace);
  });

  it("scrapes the proxies next to applications, by their name and port, and no other port of the same pod", async () => {
    await eventually(async () => {
      const asked = await Promise.all(
        ["with-proxy", "other-port", "no-proxy"].map(async (name): Promise<[string, string[]]> => {
          const paths = (await scrapesOf(await target(name))).map(({ port, path }) => `${port} ${path}`);
          // The other two would also be scraped by then.
          if (name === "with-proxy") assert.ok(paths.length >= 5, `${paths.length} scrapes`);
          return [name, [...new Set(paths)]];
        }),
      );
      assert.deepEqual(Object.fromEntries(asked), {
        "with-proxy": ["15090 /stats/prometheus"],
        "other-port": [],
        "no-proxy": [],
      });
    });
  });

  it("delivers Istio's metrics, and Envoy's own metrics and diagnostics where they are wanted", async () => {
    const diagnostics = [
      "up",
      ...["duration_seconds", "samples_scraped", "samples_post_metric_relabeling", "series_added"].map(
        (name) => `scrape_${name}`,
      ),
    ];
    await eventually(async () => {
      assert.deepEqual(await namesAt(plain), families(istioMetrics).sort());
      assert.deepEqual(
        await namesAt(envoy),
        [...families(istioMetrics), ...families(envoyMetrics), ...diagnostics].sort(),
      );
    });
  });

  it("keeps all labels that the proxy gives, and the kinds of its metrics", async () => {
    const counters = ["istio_requests_total", "istio_tcp_sent_bytes_total", "envoy_cluster_upstream_rq"];
    const kinds = { envoy_server_live: "gauge", envoy_cluster_upstream_rq_time: "histogram" };
    const itemsOf = (name: string): Promise<Item[]> => envoy.items({ name });
    for (const name of counters) {
      const expected = labelsOf(istioMetrics + envoyMetrics, name);
      assert.ok(expected.length > 0, name);
      // The series of one scrape can come in several requests.
      const items = await eventually(async () => {
        const items = await itemsOf(name);
        assert.deepEqual(sorted(items.map(({ attributes }) => attributes)), sorted(expected), name);
        return items;
      });
      assert.deepEqual([...new Set(items.map(({ kind }) => kind))], ["sum"], name);
    }
    for (const [name, kind] of Object.entries(kinds)) {
      assert.deepEqual([...new Set((await itemsOf(name)).map((item) => item.kind))], [kind], name);
    }
  });

  it("names the pod of the proxy", async () => {
    const [item] = await plain.items({ name: "istio_requests_total" });
    assert.equal(item?.resource["k8s.pod.name"], "with-proxy");
    assert.equal(item?.resource["k8s.container.name"], "istio-proxy");
    assert.equal(item?.resource["service.name"], "with-proxy");
    assert.equal(item?.scope, "telemetry-pipelines/istio");
  });

  it("scrapes targets that accept only callers of their mesh, with the certificate that its proxy leaves to it", async () => {
    const pod = await target("strict");
    const [own, another] = [mesh.workloads[0], otherMesh.workloads[0]];
    assert.match(await answer(pod, {}), /certificate required/);
    assert.match(await answer(pod, { ...another }), /unknown ca|certificate/);
    assert.equal(await answer(pod, { ...own }), "200");
    const byTest = 1;
    const scrapes = await eventually(async () => {
      const all = await scrapesOf(pod);
      assert.ok(all.length > byTest + 2);
      return all.slice(byTest);
    });
    assert.deepEqual(
      [...new Set(scrapes.map(({ client }: Scrape) => client))],
      [ofAgent],
      "the identity that the agent has in the mesh",
    );
    await eventually(async () => {
      const up = await strict.items({ name: "up", "resource.k8s.pod.name": "strict" });
      assert.ok(up.some(({ value }) => value === 1));
      const scraped = await strict.items({ name: "target_scrapes_total", "resource.k8s.pod.name": "strict" });
      assert.ok(scraped.length > 0);
    });
  });

  it("reports targets of another mesh that refuse it; the authority of a target cannot be checked", async () => {
    await eventually(async () => {
      const statuses = await stack.pipelineStatuses();
      const { message = "" } =
        statuses
          .find(({ pipeline }) => pipeline.endsWith("/strict"))
          ?.conditions.find(({ type }) => type === "InputsHealthy") ?? {};
      assert.match(message, /2 of 4 targets up/);
      // A certificate of the mesh has no name or address to compare with the requested one.
      assert.match(
        message,
        /by-address \(https:\/\/\S+: tls: failed to verify certificate: x509: cannot validate certificate for \S+ because/,
      );
      assert.match(message, /of-another-mesh \(https:\/\/\S+: remote error: tls: unknown certificate authority\)/);
    }, 120);
    const impostor = await strict.items({ name: "up", "resource.k8s.pod.name": "impostor" });
    assert.ok(impostor.some(({ value }) => value === 1));
  });

  it("requests a proxy for the agents that leaves its certificates to them, and sends only exports through it", async () => {
    type DaemonSet = KubernetesObject & {
      spec: { template: { metadata: { annotations: Record<string, string>; labels: Record<string, string> } } };
    };
    const [daemonSet] = (await get<DaemonSet>("daemonsets", "-n", "telemetry")).filter(
      ({ metadata }) => metadata.name === "telemetry-metric-agent",
    );
    const { annotations, labels } = daemonSet?.spec.template.metadata ?? { annotations: {}, labels: {} };
    assert.equal(labels["sidecar.istio.io/inject"], "true");
    assert.deepEqual(annotations, {
      "linkerd.io/inject": "disabled",
      "consul.hashicorp.com/connect-inject": "false",
      "proxy.istio.io/config":
        "holdApplicationUntilProxyStarts: true\nproxyMetadata:\n  OUTPUT_CERTS: /etc/istio-output-certs\n",
      "sidecar.istio.io/userVolumeMount": '[{"name":"istio-certs","mountPath":"/etc/istio-output-certs"}]',
      "traffic.sidecar.istio.io/excludeInboundPorts": "8888",
      "traffic.sidecar.istio.io/includeOutboundIPRanges": "",
      "traffic.sidecar.istio.io/includeOutboundPorts": "4317",
    });
  });

  it("detects a mesh by Istio's kinds without a setting", async () => {
    stack.configure({ ...configuration, istio: { mode: "auto" } });
    const without = await stack.preview();
    assert.match(without.output, /~ sidecar\.istio\.io\/inject: "true" => "false"/, without.output);
    await apply(someKindOfIstio);
    try {
      await kubectl("wait", "--for=condition=Established", "crd/meshes.e2e.istio.io", "--timeout=100s");
      const withKinds = await stack.preview("--expect-no-changes");
      assert.equal(withKinds.code, 0, withKinds.output);
    } finally {
      await kubectl("delete", "crd", "meshes.e2e.istio.io");
    }
  });
});

/** Returns the answer of a target to the test itself: a status, or the error. */
function answer({ status }: Pod, options: RequestOptions): Promise<string> {
  return new Promise((done) => {
    request({ host: status.podIP, port: 9100, rejectUnauthorized: false, agent: false, ...options }, (response) => {
      response.resume();
      done(String(response.statusCode));
    })
      .on("error", ({ message }) => done(message))
      .end();
  });
}

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
