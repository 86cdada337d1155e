import assert from "node:assert/strict";
import { Backend, backendNamespace } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, type Pod } from "./support/kubectl";
import { defineMonitors, monitor, removeMonitors } from "./support/operator-definitions";
import { makeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";
import { leadingTo, startTargets } from "./support/targets";

const shop = "e2e-monitored";
const elsewhere = "e2e-monitored-elsewhere";
const port = [{ name: "metrics", containerPort: 9100 }];

describe("monitors of the Prometheus Operator", function () {
  this.timeout("12m");
  let backend: Backend;
  let output = "";
  const stack = new Stack({});
  const inputsHealthy = async () => {
    const [status] = await stack.pipelineStatuses();
    return status?.conditions.find(({ type }) => type === "InputsHealthy") ?? assert.fail();
  };

  before(async () => {
    await makeNamespaces(backendNamespace, shop, elsewhere);
    await defineMonitors();
    [backend] = await Promise.all([
      Backend.start("monitored"),
      startTargets([
        { namespace: shop, name: "behind-service", ports: port },
        { namespace: shop, name: "by-pod", ports: port, labels: { monitored: "yes" } },
        { namespace: elsewhere, name: "led-to", ports: port },
      ]),
    ]);
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "orders", namespace: shop, labels: { app: "orders" } },
      spec: {
        selector: { "app.kubernetes.io/name": "behind-service" },
        ports: [{ name: "web", port: 80, targetPort: 9100 }],
      },
    };
    const monitors = [
      monitor("ServiceMonitor", shop, "orders", {
        selector: { matchLabels: { app: "orders" } },
        endpoints: [
          {
            port: "web",
            interval: "5s",
            relabelings: [{ sourceLabels: ["__meta_kubernetes_endpoints_name"], targetLabel: "endpoints" }],
          },
        ],
      }),
      monitor("PodMonitor", shop, "pods", {
        selector: { matchLabels: { monitored: "yes" } },
        podMetricsEndpoints: [{ port: "metrics", interval: "5s", honorLabels: true }],
      }),
      monitor("ServiceMonitor", shop, "led", {
        selector: { matchLabels: { app: "led" } },
        endpoints: [{ port: "web", interval: "5s" }],
      }),
      monitor("ServiceMonitor", shop, "broken", {
        selector: {},
        endpoints: [{ port: "web", relabelings: [{ regex: "(?=x)", targetLabel: "y" }] }],
      }),
      monitor("ServiceMonitor", shop, "dropped", {
        selector: {},
        endpoints: [{ port: "web", relabelings: [{ action: "drop", regex: ".*" }] }],
      }),
      monitor("ServiceMonitor", shop, "wrong-port", { selector: {}, endpoints: [{ port: "metrics" }] }),
    ];
    const [target = assert.fail("no pod")] = await get<Pod>("pods", "-n", elsewhere);
    const leading = leadingTo(shop, target, { labels: { app: "led" } });
    await apply({ apiVersion: "v1", kind: "List", items: [service, ...leading, ...monitors] });
    stack.configure({
      istio: { mode: "off" },
      metric: { prometheusOperator: { minimumInterval: "5s" } },
      metricPipelines: [
        {
          name: "monitored",
          input: { otlp: { enabled: false }, prometheusOperator: { enabled: true, namespaces: { include: [shop] } } },
          output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
        },
      ],
    });
    await stack.create();
    output = await stack.up();
  });

  after(async () => {
    await stack.discard(backendNamespace, shop, elsewhere);
    await removeMonitors();
  });

  const itemOf = (pod: string) =>
    eventually(async () => {
      const [item] = await backend.items({ name: "target_scrapes_total", "resource.k8s.pod.name": pod });
      assert.ok(item, pod);
      return item;
    }, 60);

  it("are scraped, and the data has the attributes of the pod and the labels of the monitor", async () => {
    const item = await itemOf("behind-service");
    const { resource } = item;
    assert.deepEqual(
      [resource["service.name"], resource["k8s.namespace.name"], resource["k8s.container.name"]],
      ["orders", shop, "target"],
    );
    assert.equal(typeof resource["k8s.node.uid"], "string");
    assert.equal(item.scope, "telemetry-pipelines/prometheus-operator");
    const { endpoint, namespace, service, pod, endpoints } = item.attributes;
    assert.deepEqual(
      { endpoint, namespace, service, pod, endpoints },
      { endpoint: "web", namespace: shop, service: "orders", pod: "behind-service", endpoints: "orders" },
    );
  });

  it("may be PodMonitors", async () => {
    const { resource, attributes } = await itemOf("by-pod");
    assert.deepEqual([resource["service.name"], attributes.endpoint], [`${shop}/pods`, "metrics"]);
  });

  it("have the namespace of their pod, wherever EndpointSlices lead", async () => {
    const { resource } = await itemOf("led-to");
    assert.equal(resource["k8s.namespace.name"], elsewhere);
  });

  it("are named with the field if they are broken, and cost the others nothing", () => {
    const expected = `ServiceMonitor ${shop}/broken, endpoints[0].relabelings[0]: has a regex that has a lookaround`;
    assert.ok(output.includes(expected), output);
  });

  it("are named by the check if they have no target or are not applied as they ask", async () => {
    await eventually(async () => {
      const { reason, message } = await inputsHealthy();
      assert.deepEqual(
        [reason, message],
        [
          "SomeObjectsNotScraped",
          "prometheus-operator: 3 of 3 targets up; not scraped: " +
            `ServiceMonitor ${shop}/dropped (its pod is not a target: check its relabelings, and the targetPort of its Services), ` +
            `ServiceMonitor ${shop}/wrong-port (no Service that it selects has the port "metrics"; the ports are web); ` +
            `not as they ask: ServiceMonitor ${shop}/broken (endpoints[0].relabelings[0] has a regex that has a lookaround, ` +
            "which Prometheus' expressions (RE2) do not have, so the whole monitor is ignored).",
        ],
      );
    }, 90);
  });

  it("are reported to be found slowly because of an object with thousands of annotations", async () => {
    const annotations = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`key-${i}`, ""]));
    const metadata = { name: "crowded", namespace: shop, annotations };
    await apply({ apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 80 }] } });
    await eventually(async () => {
      const { message } = await inputsHealthy();
      assert.ok(message.includes(`Service ${shop}/crowded has 2001. Remove them there.`), message);
    }, 90);
  });
});
