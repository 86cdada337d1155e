import assert from "node:assert/strict";
import { job, translated, warnings, withEndpoint } from "../helpers/monitors";
import { relabel, type Rule } from "../helpers/relabel";

const annotation = "__meta_kubernetes_pod_annotation_text";
const search = { regex: "(?:[ab]{0,900}a)*c|x+", targetLabel: "found", replacement: "yes" };

/** Returns the labels of a target whose annotation has so many characters; undefined if it is dropped. */
function labelsWith(relabelings: readonly object[], length: number) {
  const rules = job(withEndpoint("PodMonitor", { relabelings })).relabel_configs as Rule[];
  return relabel("a", rules, {
    __address__: "10.0.0.7:8080",
    __scheme__: "http",
    __meta_kubernetes_namespace: "shop",
    __meta_kubernetes_pod_label_app: "orders",
    __meta_kubernetes_pod_labelpresent_app: "true",
    __meta_kubernetes_pod_node_name: "node-1",
    __meta_kubernetes_pod_ip: "10.0.0.7",
    __meta_kubernetes_pod_container_port_name: "metrics",
    [annotation]: "x".repeat(length),
  });
}

describe("A rule of a monitor that searches a text", () => {
  const ways: Readonly<Record<string, readonly object[]>> = {
    "of an annotation": [{ sourceLabels: [annotation], ...search }],
    "of a copy": [
      { sourceLabels: [annotation], targetLabel: "copy" },
      { sourceLabels: ["copy"], ...search },
    ],
    "of a copy in small letters": [
      { action: "lowercase", sourceLabels: [annotation], targetLabel: "copy" },
      { sourceLabels: ["copy"], ...search },
    ],
    "of a copy that a short text may replace": [
      { sourceLabels: [annotation], targetLabel: "copy" },
      { sourceLabels: ["none"], regex: "a", targetLabel: "copy" },
      { sourceLabels: ["copy"], ...search },
    ],
    "of a copy under a name that a labelmap makes": [
      { action: "labelmap", regex: "__meta_kubernetes_pod_annotation_(.+)" },
      { sourceLabels: ["text"], ...search },
    ],
    "and joins it to others": [
      { sourceLabels: [annotation, "none"], separator: "", targetLabel: "long", regex: "(.+)" },
      { targetLabel: "found", replacement: "yes" },
    ],
    "and makes several of it": [
      { sourceLabels: [annotation], targetLabel: "long", regex: "(.+)", replacement: "$1$1" },
      { targetLabel: "found", replacement: "yes" },
    ],
    "of a copy under a name that a rule makes": [
      { sourceLabels: [annotation], regex: "(.).*", targetLabel: "tag_${1}", replacement: "$1" },
      { sourceLabels: ["tag_x"], ...search },
    ],
  };
  for (const [name, rules] of Object.entries(ways))
    it(`${name} drops a target whose text is so long that others would wait for it`, () => {
      assert.equal(labelsWith(rules, 1000)?.found, "yes");
      assert.equal(labelsWith(rules, 1001), undefined);
      const [one] = translated(withEndpoint("PodMonitor", { relabelings: rules })).jobs;
      assert.equal(one?.target.mayDrop, true);
    });

  it("is not held up where texts are short, or where it only copies them", () => {
    const guards = (relabelings: readonly object[]): number =>
      (job(withEndpoint("PodMonitor", { relabelings })).relabel_configs as Rule[]).filter(
        ({ regex = "" }) => regex === ".{1000}.+",
      ).length;
    const ofLabel = { sourceLabels: ["__address__", "__meta_kubernetes_pod_label_text", "pod", "job"], ...search };
    assert.equal(guards([ofLabel, { action: "labelmap", regex: "__meta_kubernetes_pod_label_(.+)" }, ofLabel]), 0);
    assert.equal(guards([{ sourceLabels: [annotation], targetLabel: "copy", regex: "(.+)" }]), 0);
    assert.equal(labelsWith([{ sourceLabels: [annotation], targetLabel: "copy" }], 2000)?.copy?.length, 2000);
    const copies = (count: number): object[] =>
      Array.from({ length: count }, (_, i) => ({ sourceLabels: [annotation], targetLabel: `copy${i}` }));
    assert.deepEqual([guards(copies(20)), guards(copies(22))], [0, 2]);
    assert.equal(guards([{ ...ofLabel, sourceLabels: Array.from({ length: 11 }, () => "a") }]), 1);
    assert.equal(guards([{ ...ofLabel, separator: "-".repeat(11) }]), 1);
  });

  it("is held up where an EndpointSlice has a long zone, and where rules make a long text of short ones", () => {
    const guards = (kind: "PodMonitor" | "ServiceMonitor", relabelings: readonly object[]): number =>
      (job(withEndpoint(kind, { relabelings })).relabel_configs as Rule[]).filter(
        ({ regex = "" }) => regex === ".{1000}.+",
      ).length;
    const zone = { ...search, sourceLabels: ["__meta_kubernetes_endpointslice_endpoint_zone"] };
    assert.equal(guards("ServiceMonitor", [zone]), 1);
    const text = { targetLabel: "__a", replacement: "x".repeat(1000) };
    const ten = { sourceLabels: Array.from({ length: 10 }, () => "__a"), targetLabel: "__a" };
    const copy = { ...search, sourceLabels: ["__a"] };
    assert.equal(guards("PodMonitor", [text, copy]), 0);
    assert.equal(guards("PodMonitor", [text, ten, copy]), 2);
    assert.equal(guards("PodMonitor", [ten, ten, copy]), 2);
    const parts = { sourceLabels: ["pod", "job"], targetLabel: "__a", regex: "(.+);(.+)", replacement: "$2/$1" };
    assert.equal(guards("PodMonitor", [parts, copy, { ...copy, sourceLabels: ["__a", "pod", "namespace"] }]), 0);
  });

  it("gives its job a limit for values of labels if it may copy a long one, of which each series would have a copy", () => {
    const limit = (relabelings: readonly object[], spec: object = {}): unknown =>
      job(withEndpoint("PodMonitor", { relabelings }, spec)).label_value_length_limit;
    const copy = { sourceLabels: [annotation], targetLabel: "copy" };
    assert.equal(limit([copy]), 1000);
    assert.equal(
      limit([
        { ...copy, targetLabel: "__tmp" },
        { sourceLabels: ["__tmp"], targetLabel: "copy" },
      ]),
      1000,
    );
    assert.equal(limit([{ action: "labelmap", regex: "__meta_kubernetes_pod_annotation_(.+)" }]), 1000);
    assert.equal(limit([{ targetLabel: "copy", replacement: "x".repeat(1001) }]), 1000);
    const label = "__meta_kubernetes_pod_label_a";
    const mapping = { action: "labelmap", regex: "__meta_kubernetes_pod_label_(.+)" };
    assert.equal(limit([{ ...copy, targetLabel: label }, mapping]), 1000);
    assert.equal(limit([{ action: "labelmap", regex: `(${label})?(.+)`, replacement: "l_$2" }]), 1000);
    assert.deepEqual(
      [limit([copy], { labelValueLengthLimit: 70 }), limit([copy], { labelValueLengthLimit: 9000 })],
      [70, 1000],
    );
    assert.deepEqual(warnings(withEndpoint("PodMonitor", { relabelings: [copy] }, { labelValueLengthLimit: 9000 })), [
      "PodMonitor shop/orders, labelValueLengthLimit: is higher than 1000, which applies to podMetricsEndpoints[0], because " +
        "its rules may copy a long text to a label. Copy no annotation and no long text to a label, or write at most 1000.",
    ]);
    const path = { sourceLabels: [annotation], targetLabel: "__metrics_path__", regex: "(.+)" };
    const mapped = { action: "labelmap", regex: "__meta_kubernetes_node_label_(.+)" };
    assert.equal(
      limit([path, mapped, { sourceLabels: ["__meta_kubernetes_pod_name"], targetLabel: "pod" }]),
      undefined,
    );
    assert.equal(limit([path], { labelValueLengthLimit: 9000 }), 9000);
  });

  it("gives its job that limit if rules about metrics make a long text, of which each series would have a copy", () => {
    const limit = (metricRelabelings: readonly object[]): unknown =>
      job(withEndpoint("PodMonitor", { metricRelabelings })).label_value_length_limit;
    const text = { targetLabel: "a", replacement: "x".repeat(1001) };
    const joining = { sourceLabels: Array.from({ length: 11 }, () => "a"), targetLabel: "a" };
    for (const one of [text, { ...text, targetLabel: "__name__" }, joining]) assert.equal(limit([one]), 1000);
    const mapping = { action: "labelmap", regex: "__tmp", replacement: "a" };
    assert.equal(limit([{ ...text, targetLabel: "__tmp" }, mapping]), 1000);
    for (const one of [
      { ...text, replacement: "x".repeat(1000) },
      { sourceLabels: ["endpoint", "annotation_query"], targetLabel: "a" },
      { action: "labelmap", regex: "exported_(.+)" },
      { ...joining, targetLabel: "__tmp" },
    ])
      assert.equal(limit([one]), undefined);
    const renaming = Array.from({ length: 200 }, (_, i) => ({
      sourceLabels: ["__name__"],
      regex: `a_${i}`,
      targetLabel: "__name__",
      replacement: `new_name_${i}`,
    }));
    assert.equal(limit(renaming), undefined);
  });

  it("may not search the names of labels with a large expression", () => {
    const relabelings = [
      { action: "labeldrop", regex: "a" },
      { action: "labelmap", regex: "(?:[a-z]{0,900}_[a-z]{0,900}_[a-z]{0,900}_)*c" },
    ];
    assert.deepEqual(
      warnings(withEndpoint("PodMonitor", { relabelings })).map((text) => text.replace(/about \d+/, "about …")),
      [
        "PodMonitor shop/orders, podMetricsEndpoints[0].relabelings[1]: has the largest of the expressions for names of " +
          "labels, which have about … instructions together, and 2000 are allowed, so the whole monitor is ignored. Repeat " +
          "less in them, or map and drop fewer labels.",
      ],
    );
  });
});
