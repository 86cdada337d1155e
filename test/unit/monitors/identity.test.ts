import assert from "node:assert/strict";
import { job, withEndpoint } from "../helpers/monitors";
import { relabel, type Rule, type TargetLabels } from "../helpers/relabel";

const target = (change: object = {}): TargetLabels => ({
  __address__: "10.0.0.7:8080",
  __meta_kubernetes_namespace: "shop",
  __meta_kubernetes_service_label_app: "orders",
  __meta_kubernetes_service_labelpresent_app: "true",
  __meta_kubernetes_pod_node_name: "node-1",
  __meta_kubernetes_pod_ip: "10.0.0.7",
  __meta_kubernetes_pod_annotation_evil: "10.6.6.6",
  __meta_kubernetes_endpointslice_port_name: "metrics",
  ...change,
});

const addressWith = (relabelings: readonly object[], change: object = {}): string | undefined => {
  const rules = job(withEndpoint("ServiceMonitor", { relabelings })).relabel_configs as Rule[];
  return relabel("a", rules, target(change))?.__address__;
};

describe("A target of a monitor", () => {
  const elsewhere = { targetLabel: "__address__", replacement: "10.6.6.6:80" };

  it("may have another port of its pod", () => {
    const port = {
      sourceLabels: ["__address__"],
      regex: "(.+):.*",
      targetLabel: "__address__",
      replacement: "$1:9100",
    };
    assert.equal(addressWith([port]), "10.0.0.7:9100");
    const ipv6 = { __address__: "[fd00::7]:8080", __meta_kubernetes_pod_ip: "fd00::7" };
    assert.equal(addressWith([port], ipv6), "[fd00::7]:9100");
  });

  it("is dropped if a rule moves it to another address, whose answers would get the pod's attributes", () => {
    assert.equal(addressWith([elsewhere]), undefined);
    assert.equal(addressWith([{ ...elsewhere, replacement: "evil.shop.svc:80" }]), undefined);
    const byAnnotation = { sourceLabels: ["__meta_kubernetes_pod_annotation_evil"], targetLabel: "__address__" };
    assert.equal(addressWith([byAnnotation]), undefined);
  });

  it("is dropped even if the rules also change or remove the labels that discovery knows", () => {
    assert.equal(
      addressWith([elsewhere, { targetLabel: "__meta_kubernetes_pod_ip", replacement: "10.6.6.6" }]),
      undefined,
    );
    assert.equal(addressWith([elsewhere, { action: "labeldrop", regex: "__t.*" }]), undefined);
    assert.equal(
      addressWith([
        elsewhere,
        { action: "labelmap", regex: "__meta_kubernetes_pod_ip", replacement: "__telemetry_pod" },
      ]),
      undefined,
    );
    assert.equal(
      addressWith([
        { ...elsewhere, replacement: "evil" },
        { action: "labeldrop", regex: "__t.*" },
      ]),
      undefined,
    );
  });

  it("is one if its pod has two addresses", () => {
    assert.equal(addressWith([]), "10.0.0.7:8080");
    assert.equal(addressWith([], { __address__: "[fd00::7]:8080" }), undefined);
  });

  it("is a pod of this node", () => {
    assert.equal(addressWith([], { __meta_kubernetes_pod_node_name: "" }), undefined);
  });

  it("cannot set attributes of a pod by its own information, whatever the monitor's rules are", () => {
    const metricRelabelings = [{ targetLabel: "__name__", replacement: "target_info" }];
    const rules = job(withEndpoint("PodMonitor", { honorLabels: true, metricRelabelings }))
      .metric_relabel_configs as Rule[];
    const series = { __name__: "x", "k8s.namespace.name": "payment", "k8s.pod.name": "other", build: "7" };
    assert.deepEqual(relabel("a", rules, series), { job: "a", __name__: "target_info", build: "7" });
  });
});
