import assert from "node:assert/strict";
import { job, target, translated, warnings, withEndpoint } from "../helpers/monitors";
import { relabel, type Rule } from "../helpers/relabel";

const nodeAddress = "10.0.0.1";
const labelsWith = (relabelings: readonly object[], change: object = {}, spec: object = {}) => {
  const rules = job(withEndpoint("ServiceMonitor", { relabelings }, spec)).relabel_configs;
  const onNode = JSON.stringify(rules).replaceAll("${env:MY_HOST_IP}", nodeAddress);
  return relabel("a", JSON.parse(onNode) as Rule[], target(change));
};
const addressWith = (...given: Parameters<typeof labelsWith>): string | undefined => labelsWith(...given)?.__address__;

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

  it("is dropped even if a rule copies the label that holds it to its pod, under any name", () => {
    const byName = { ...elsewhere, replacement: "evil.shop.svc:80" };
    for (const name of ["__telemetry${1}address", "x${1}address", "${1}", "__telemetry${1}pod"])
      for (const address of [elsewhere, byName]) {
        const copy = { action: "labelmap", regex: "__telemetry(.)pod", replacement: name };
        for (const spec of [{}, { namespaceSelector: { any: true } }])
          for (const ip of ["10.0.0.7", nodeAddress]) {
            const pod = { __address__: `${ip}:8080`, __meta_kubernetes_pod_ip: ip };
            assert.equal(addressWith([copy, address], pod, spec), undefined);
            assert.equal(addressWith([address, copy], pod, spec), undefined);
          }
      }
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

  it("is dropped if a rule hides another address in the scheme, with which the scraper begins its URL", () => {
    const scheme = { targetLabel: "__scheme__", replacement: "http://10.6.6.6/x?" };
    assert.equal(addressWith([scheme]), undefined);
    const mapped = { targetLabel: "tmp", replacement: scheme.replacement };
    assert.equal(addressWith([mapped, { action: "labelmap", regex: "tmp", replacement: "__scheme__" }]), undefined);
    assert.equal(addressWith([{ ...scheme, replacement: "https" }]), "10.0.0.7:8080");
  });

  it("is dropped if rules make the name of the label that holds it to its pod", () => {
    const [mark, name] = [{ targetLabel: "tmp", replacement: "%x" }, "tag_${1}"];
    const forged = { sourceLabels: ["tmp"], targetLabel: name, replacement: "10.6.6.6" };
    const map = { action: "labelmap", regex: "tag_(.)x", replacement: "__telemetry${1}pod" };
    assert.equal(addressWith([mark, forged, map, elsewhere]), undefined);
    assert.equal(labelsWith([{ ...mark, replacement: "x" }, forged])?.tag_x, "10.6.6.6");
    const whole = withEndpoint("ServiceMonitor", { relabelings: [{ ...forged, targetLabel: "_${1}" }] });
    assert.equal(translated(whole).jobs.length, 0);
  });

  it("is dropped if the name of a parameter, which becomes a label, helps to write the label that holds it to its pod", () => {
    for (const param of ["%pod", "x%", "%"]) {
      const params = { [param]: ["10.6.6.6"] };
      const forged = [
        { action: "labelmap", regex: "__param_[a-z]*(.)[a-z]*", replacement: "__telemetry${1}pod" },
        elsewhere,
      ];
      const rules = job(withEndpoint("ServiceMonitor", { relabelings: forged, params })).relabel_configs as Rule[];
      assert.equal(relabel("a", rules, target({ [`__param_${param}`]: "10.6.6.6" })), undefined, param);
    }
  });

  it("keeps the times of its job, whatever the rules set", () => {
    const times = [
      { targetLabel: "__scrape_interval__", replacement: "1ms" },
      { targetLabel: "tmp", replacement: "1h" },
      { action: "labelmap", regex: "tmp", replacement: "__scrape_timeout__" },
    ];
    const { __scrape_interval__: interval, __scrape_timeout__: timeout } = labelsWith(times) ?? {};
    assert.deepEqual([interval, timeout], ["30s", "10s"]);
    assert.deepEqual(warnings(withEndpoint("ServiceMonitor", { relabelings: times })), [
      "ServiceMonitor shop/orders, endpoints[0].relabelings[0]: changes how often targets are scraped, which is not " +
        "applied. Set the endpoint's interval.",
    ]);
  });

  it("keeps its port if its pod has the network of the node and may be in another namespace", () => {
    const port = { targetLabel: "__address__", replacement: `${nodeAddress}:31000` };
    const onNode = { __address__: `${nodeAddress}:9100`, __meta_kubernetes_pod_ip: nodeAddress };
    const any = { namespaceSelector: { any: true } };
    assert.equal(addressWith([port], onNode, any), undefined);
    assert.equal(addressWith([{ targetLabel: "a" }], onNode, any), `${nodeAddress}:9100`);
    assert.equal(addressWith([port], onNode), `${nodeAddress}:31000`);
    // An EndpointSlice may name a pod with an address that is not the pod's.
    assert.equal(addressWith([{ targetLabel: "a" }], { ...onNode, __address__: "10.6.6.6:9100" }, any), undefined);
  });

  it("has a TCP port of its own if its pod has the network of the node and may be in another namespace", () => {
    const any = { namespaceSelector: { any: true } };
    const asked = (
      kind: "PodMonitor" | "ServiceMonitor",
      change: object,
      relabelings: readonly object[],
      spec: object,
    ) => {
      const rules = job(withEndpoint(kind, { port: undefined, relabelings }, spec)).relabel_configs;
      const onNode = JSON.parse(JSON.stringify(rules).replaceAll("${env:MY_HOST_IP}", nodeAddress)) as Rule[];
      const pod = { __meta_kubernetes_pod_label_app: "orders", __meta_kubernetes_pod_labelpresent_app: "true" };
      return relabel("a", onNode, target({ ...pod, __meta_kubernetes_pod_ip: nodeAddress, ...change }))?.__address__;
    };
    const nodePort = {
      sourceLabels: ["__meta_kubernetes_pod_ip"],
      targetLabel: "__address__",
      replacement: "$1:31000",
    };
    const protocol = "__meta_kubernetes_pod_container_port_protocol";
    const ofService = "__meta_kubernetes_endpointslice_port_protocol";
    for (const kind of ["PodMonitor", "ServiceMonitor"] as const)
      for (const rules of [[], [{ targetLabel: "a" }], [nodePort]]) {
        assert.equal(asked(kind, { __address__: nodeAddress }, rules, any), undefined);
        assert.equal(asked(kind, { __address__: `${nodeAddress}:53`, [protocol]: "UDP" }, rules, any), undefined);
        assert.equal(asked(kind, { __address__: `${nodeAddress}:53`, [ofService]: "UDP" }, rules, any), undefined);
      }
    const tcp = { __address__: `${nodeAddress}:53`, [protocol]: "UDP", [ofService]: "TCP" };
    assert.equal(asked("ServiceMonitor", tcp, [], any), `${nodeAddress}:53`);
    assert.equal(asked("PodMonitor", { __address__: nodeAddress }, [nodePort], {}), `${nodeAddress}:31000`);
    const inPod = { __address__: "10.0.0.7", __meta_kubernetes_pod_ip: "10.0.0.7" };
    assert.equal(asked("PodMonitor", inPod, [{ ...nodePort, replacement: "$1:80" }], any), "10.0.0.7:80");
  });

  it("is in the monitor's own namespace if something else may answer for it", () => {
    const discovery = (endpoint: object): unknown =>
      (job(withEndpoint("ServiceMonitor", endpoint)).kubernetes_sd_configs as { namespaces?: unknown }[])[0]
        ?.namespaces;
    assert.equal(discovery({}), undefined);
    assert.deepEqual(discovery({ proxyUrl: "http://proxy:3128" }), { names: ["shop"] });
    assert.deepEqual(discovery({ followRedirects: true }), { names: ["shop"] });
    assert.deepEqual(discovery({ filterRunning: false }), { names: ["shop"] });
    assert.equal(discovery({ filterRunning: true }), undefined);
    const any = withEndpoint("ServiceMonitor", { followRedirects: true }, { namespaceSelector: { any: true } });
    assert.equal(job(any).follow_redirects, false);
    assert.deepEqual(warnings(any), [
      "ServiceMonitor shop/orders, endpoints[0].followRedirects: is not applied, because a redirect could answer for " +
        "pods of other namespaces. Move the monitor to the namespace of its targets.",
    ]);
  });

  it("is not a pod that has ended, whose address another pod may have, unless both are in the monitor's namespace", () => {
    const phase = (filterRunning: boolean | undefined, spec: object): unknown => {
      const rules = job(withEndpoint("PodMonitor", { filterRunning }, spec)).relabel_configs as Rule[];
      return rules.some(({ regex }) => regex === "Failed|Succeeded");
    };
    const any = { namespaceSelector: { any: true } };
    assert.deepEqual([phase(undefined, {}), phase(true, {}), phase(false, {})], [true, true, false]);
    assert.deepEqual([phase(undefined, any), phase(true, any), phase(false, any)], [true, true, true]);
    assert.deepEqual(warnings(withEndpoint("PodMonitor", { filterRunning: false }, any)), [
      "PodMonitor shop/orders, podMetricsEndpoints[0].filterRunning: is not applied, because another pod may have the " +
        "address of a pod that has ended. Move the monitor to the namespace of its targets.",
    ]);
  });

  it("has the labels of Endpoints where a rule may map them or compare with them", () => {
    const port = { __meta_kubernetes_endpointslice_port_name: "metrics" };
    for (const [regex, name] of [
      ["__meta_kubernetes_endpoint_(.+)", "port_name"],
      ["__meta_kubernetes_(endpoint_port_name)", "endpoint_port_name"],
      [".*endpoint_(port_name)", "port_name"],
    ] as const)
      assert.equal(labelsWith([{ action: "labelmap", regex }], port)?.[name], "metrics", regex);
    const compared = (name: string) =>
      labelsWith(
        [
          { targetLabel: "wanted", replacement: name },
          { action: "keepequal", sourceLabels: ["wanted"], targetLabel: "__meta_kubernetes_endpoint_port_name" },
        ],
        port,
      )?.__address__;
    assert.deepEqual([compared("metrics"), compared("web")], ["10.0.0.7:8080", undefined]);
  });

  it("keeps a job if a rule removes it, because the collector refuses samples without one", () => {
    for (const rule of [
      { action: "labeldrop", regex: "job" },
      { targetLabel: "job", replacement: "" },
    ])
      assert.equal(labelsWith([rule])?.job, "unknown_service");
    assert.equal(labelsWith([{ targetLabel: "job", replacement: "mine" }])?.job, "mine");
  });

  it("is one target even if its pod has two addresses", () => {
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
