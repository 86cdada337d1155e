import assert from "node:assert/strict";
import { goRegexThreads } from "../../../components/monitors/go-regex";
import { job, warnings, withEndpoint } from "../helpers/monitors";

const endpoint = "podMetricsEndpoints[0]";
const usual = { sample_limit: 50_000, body_size_limit: "16000000B", label_limit: undefined };

/** Returns the limits of an answer for the rules of an endpoint. */
function limits(rules: object, spec: object = {}): Record<string, unknown> {
  const { sample_limit, body_size_limit, label_limit } = job(withEndpoint("PodMonitor", rules, spec));
  return { sample_limit, body_size_limit, label_limit };
}

describe("A regular expression", () => {
  const words = Array.from({ length: 300 }, (_, i) => `metric_${i}_total`);
  const few: readonly [string, number][] = [
    ["", 1],
    ["(.*)", 2],
    ["up", 1],
    ["go_.*", 2],
    ["container_(network_tcp_usage_total|network_udp_usage_total|tasks_state|cpu_load_average_10s)", 2],
    ["apiserver_request_duration_seconds_bucket;(0.15|0.25|0.3|0.35|0.4|0.45|0.6|0.7|0.8|0.9|1.25|1.5|1.75|2.5)", 12],
    ["etcd_(debugging|disk|server).*", 5],
    ["(.+)_(bucket|sum|count)", 5],
    ["(.+)-(?:[^-]+)-(?:[^-]+)", 5],
    ["[a-z]{1,63}(?:/[a-z]{1,63})?", 70],
  ];
  for (const [regex, most] of few)
    it(`${JSON.stringify(regex)} needs few steps for a character`, () => {
      assert.ok(goRegexThreads(regex) <= most, `${goRegexThreads(regex)}`);
    });

  it("with many words needs no more, because a text begins with one of them only", () => {
    assert.ok(goRegexThreads(words.join("|")) <= 3, `${goRegexThreads(words.join("|"))}`);
    assert.ok(goRegexThreads(words.map((word) => `${word}_.*`).join("|")) <= 6);
  });

  const many: Readonly<Record<string, number>> = {
    "(?:[ab]*c){500}": 1000,
    ".*[ab]{1000}": 1000,
    "(?:a|b|ab){300}": 900,
    ".*aaaaaaaaaa": 11,
    ".*\\Qaaaaaaaaaa\\E": 11,
    [Array.from({ length: 300 }, (_, i) => `${"a".repeat(i % 30)}.*`).join("|")]: 300,
    [`(?i)${Array.from({ length: 100 }, (_, i) => `${i % 2 ? "a" : "A"}${"b".repeat(i)}.*`).join("|")}`]: 100,
    [Array.from({ length: 100 }, () => "[ab].*").join("|")]: 100,
    "(?:\\b|a){500}[ab]{500}": 500,
    [`.*${"\\b\\B?".repeat(500)}`]: 1000,
    [`.*(?:${Array.from({ length: 300 }, (_, i) => `$${i}`).join("|")})`]: 300,
  };
  for (const [regex, least] of Object.entries(many))
    it(`${JSON.stringify(regex.slice(0, 40))} needs at least ${least}`, () => {
      assert.ok(goRegexThreads(regex) >= least, `${goRegexThreads(regex)}`);
    });
});

describe("An endpoint whose rules cost much for each sample", () => {
  const writing = (count: number): object[] =>
    Array.from({ length: count }, (_, i) => ({
      sourceLabels: ["__meta_kubernetes_pod_node_name"],
      targetLabel: `node${i}`,
    }));
  const added = (count: number): object => ({ relabelings: writing(count) });
  const mapped = { relabelings: [{ action: "labelmap", regex: "__meta_kubernetes_pod_label_(.+)" }] };
  const aboutMetrics = (...metricRelabelings: readonly object[]): object => ({ metricRelabelings });
  const copies = (count: number, label = "path"): object[] =>
    Array.from({ length: count }, (_, i) => ({ sourceLabels: [label], targetLabel: `copy${i}` }));
  const costly = { sourceLabels: ["path"], regex: ".*[ab]{398}c", action: "drop" };
  const found = (endpoint: object, spec: object = {}): string[] => warnings(withEndpoint("PodMonitor", endpoint, spec));

  it("has the limits of all others with the rules of usual monitors", () => {
    assert.deepEqual(limits({}), usual);
    assert.deepEqual(limits(added(20), { podTargetLabels: ["app", "version"], targetLabels: ["team"] }), usual);
    const drops = Array.from({ length: 6 }, (_, i) => ({
      sourceLabels: ["__name__", "le"],
      regex: `server_${i}_seconds_bucket;(0.15|0.25|0.3|0.35|0.4|0.45|0.6|0.7|0.8|0.9|1.25|1.5|1.75|2.5|3|3.5|4)`,
      action: "drop",
    }));
    const names = Array.from({ length: 8 }, (_, i) => ({
      sourceLabels: ["__name__"],
      regex: `server_(storage_${i}|network_${i}|memory_failures_total|tasks_state)`,
      action: "drop",
    }));
    assert.deepEqual(
      limits(aboutMetrics(...drops, ...names, ...copies(2), { action: "labeldrop", regex: "uid|pod_.*" })),
      usual,
    );
  });

  it("may have fewer samples if it adds many labels to each, unless the monitor asks for less", () => {
    assert.deepEqual(limits(added(100)), { ...usual, sample_limit: 13_499 });
    assert.deepEqual(limits(added(100), { sampleLimit: 20_000 }), { ...usual, sample_limit: 13_499 });
    assert.deepEqual(found(added(100)), [
      `PodMonitor shop/orders, ${endpoint}: has rules that may add 40890 bytes of labels to each sample, so an answer may have ` +
        "13499 samples at most. Set sampleLimit to 13499 or less, or add fewer labels.",
    ]);
    assert.deepEqual(limits(added(100), { sampleLimit: 10_000 }), { ...usual, sample_limit: 10_000 });
    assert.deepEqual(found(added(100), { sampleLimit: 10_000 }), []);
    const text = { targetLabel: "text", replacement: "x".repeat(900) };
    assert.deepEqual(limits(aboutMetrics(text, ...copies(99, "text"))).sample_limit, 5_227);
    const fixed = aboutMetrics(...Array.from({ length: 100 }, (_, i) => ({ targetLabel: `l${i}`, replacement: "x" })));
    assert.deepEqual(limits(fixed), { ...usual, sample_limit: 35_867 });
  });

  it("may have 64 labels in each sample where rules map labels, or as many as the monitor allows", () => {
    assert.deepEqual([limits(mapped), found(mapped)], [{ ...usual, label_limit: 64, sample_limit: 31_250 }, []]);
    assert.deepEqual(limits(mapped, { labelLimit: 40 }), { ...usual, label_limit: 40 });
    assert.deepEqual(limits(mapped, { labelLimit: 20 }), { ...usual, label_limit: 20 });
    assert.deepEqual(limits(mapped, { labelLimit: 80 }), { ...usual, label_limit: 80, sample_limit: 25_000 });
    assert.deepEqual(found(mapped, { labelLimit: 80 }), [
      `PodMonitor shop/orders, ${endpoint}: has rules that may add 22080 bytes of labels to each sample, so an answer may have ` +
        "25000 samples at most. Set sampleLimit to 25000 or less, or set a lower labelLimit.",
    ]);
    const annotations = { relabelings: [{ action: "labelmap", regex: "__meta_kubernetes_pod_annotation_(.+)" }] };
    assert.deepEqual(limits(annotations), { ...usual, label_limit: 64, sample_limit: 7_110 });
    assert.deepEqual(limits(annotations, { labelValueLengthLimit: 63 }), {
      ...usual,
      label_limit: 64,
      sample_limit: 31_250,
    });
    const text = { targetLabel: "l_${1}", sourceLabels: ["app"], regex: "(.).*", replacement: "x".repeat(900) };
    assert.deepEqual(limits({ relabelings: [text] }), { ...usual, label_limit: 64, sample_limit: 7_749 });
    assert.match(found(annotations).join(), /, or set a lower labelLimit or labelValueLengthLimit\.$/);
    const both = { relabelings: [...mapped.relabelings, ...writing(60)] };
    assert.equal(limits(both).sample_limit, 22_503);
    assert.match(found(both).join(), /, or add fewer labels\.$/);
    const one = {
      relabelings: [{ action: "labelmap", regex: "__meta_kubernetes_pod_label_team", replacement: "team" }],
    };
    assert.deepEqual(limits(one), usual);
  });

  it("may have fewer bytes if its rules search or copy labels again and again, unless the monitor asks for less", () => {
    assert.deepEqual(limits(aboutMetrics(costly)), { ...usual, body_size_limit: "8000000B" });
    assert.deepEqual(found(aboutMetrics(costly)), [
      `PodMonitor shop/orders, ${endpoint}.metricRelabelings: search labels so much that an answer may have 8000000 bytes at ` +
        "most. Set bodySizeLimit to 8000000B or less, or write fewer or simpler rules.",
    ]);
    assert.deepEqual(limits(aboutMetrics(costly), { bodySizeLimit: "5MB" }), { ...usual, body_size_limit: "5242880B" });
    assert.deepEqual(found(aboutMetrics(costly), { bodySizeLimit: "5MB" }), []);
    const hash = {
      action: "hashmod",
      modulus: 7,
      targetLabel: "hash",
      sourceLabels: Array.from({ length: 100 }, () => "path"),
    };
    assert.equal(limits(aboutMetrics(...Array.from({ length: 40 }, () => hash))).body_size_limit, "800000B");
    const many = aboutMetrics(...copies(19));
    assert.deepEqual(limits(many), { ...usual, body_size_limit: "8000000B" });
    assert.match(found(many).join(), /metricRelabelings: copy labels so much/);
  });

  it("may have fewer samples if labelmaps for one label add many, or if rules about metrics copy long labels of a target", () => {
    const map = (count: number, regex: string): object[] =>
      Array.from({ length: count }, (_, i) => ({ action: "labelmap", regex, replacement: `l${i}` }));
    const ofPod = { relabelings: [...writing(1), ...map(100, "node0")] };
    assert.deepEqual(limits(ofPod), { ...usual, sample_limit: 13_365 });
    const long = {
      targetLabel: "long",
      sourceLabels: Array.from({ length: 9 }, () => "__meta_kubernetes_pod_name"),
    };
    assert.equal(limits({ relabelings: [long], metricRelabelings: copies(9, "long") }).sample_limit, 22_698);
    const times = Array.from({ length: 3 }, (_, i) => ({
      action: "labelmap",
      regex: "(l.*)",
      replacement: `a${i}_$1`,
    }));
    const twice = [long, { ...long, targetLabel: "long2" }];
    assert.equal(limits({ relabelings: twice, metricRelabelings: times }).sample_limit, 14_188);
    const hidden = { ...long, targetLabel: "__meta_kubernetes_pod_label_a" };
    assert.equal(limits({ relabelings: [hidden, ...mapped.relabelings] }).sample_limit, 3463);
    const names = { ...mapped.relabelings[0], replacement: "a$1$1$1$1$1$1$1$1$1" };
    assert.equal(limits({ relabelings: [names] }).sample_limit, 3463);
    const node = { targetLabel: "node", sourceLabels: ["__meta_kubernetes_pod_node_name"] };
    const label = { action: "labelmap", regex: "label_(.+)" };
    assert.deepEqual(found({ relabelings: [node, ...mapped.relabelings], metricRelabelings: [label] }), []);
  });

  it("may have fewer samples if its rules search long texts of their own for each", () => {
    const text = { targetLabel: "__text", replacement: "a".repeat(10_000) };
    const search = { sourceLabels: ["__text"], regex: ".*[ab]{98}c", action: "drop" };
    assert.equal(limits(aboutMetrics(text, search)).sample_limit, 3200);
    assert.deepEqual(found(aboutMetrics(text, search)), [
      `PodMonitor shop/orders, ${endpoint}: has rules that search 1000000 times in texts of rules for each sample, so an answer ` +
        "may have 3200 samples at most. Set sampleLimit to 3200 or less, or write fewer or simpler rules, or shorter texts.",
    ]);
    const separated = { ...search, sourceLabels: ["path", "app"], separator: "a".repeat(10_000) };
    assert.equal(limits(aboutMetrics(separated)).sample_limit, 3200);
  });

  it("may have fewer bytes if its rules could make a label or a name of 16 MiB, at which the collector ends", () => {
    const bytes = (...rules: readonly object[]): unknown => limits(aboutMetrics(...rules)).body_size_limit;
    const joined = (count: number, ...others: readonly string[]): object => ({
      sourceLabels: [...Array.from({ length: count }, () => "path"), ...others],
      separator: "",
      targetLabel: "long",
    });
    const map = { action: "labelmap", regex: "path", replacement: "app" };
    assert.equal(bytes(joined(100)), "160000B");
    assert.equal(bytes(joined(2)), "8000000B");
    assert.equal(bytes(joined(1, "app")), "16000000B");
    assert.equal(bytes(map, joined(1, "app")), "8000000B");
    assert.equal(bytes(joined(1, "app"), { sourceLabels: ["long"], targetLabel: "other" }), "16000000B");
    assert.equal(bytes({ action: "labelmap", regex: "(p.+)", replacement: "$1$1$1$1" }), "4000000B");
    assert.match(found(aboutMetrics(joined(100))).join(), /metricRelabelings: copy labels so much/);
  });

  it("has the usual bytes with rules that rename ten labels", () => {
    const names = Array.from({ length: 9 }, (_, i) => `label_${i}`);
    const renaming = names.map((regex) => ({ action: "labelmap", regex: `exported_(${regex})` }));
    assert.deepEqual(limits(aboutMetrics(...renaming)), usual);
  });

  it("never has a limit of zero, which the scraper reads as none", () => {
    assert.deepEqual(limits(mapped, { labelLimit: 2 ** 31 - 1 }), {
      ...usual,
      label_limit: 2 ** 31 - 1,
      sample_limit: 1,
    });
    const rules = [
      ...Array.from({ length: 2 }, (_, i) => ({
        sourceLabels: Array.from({ length: 100 }, () => "path"),
        targetLabel: `copy${i}`,
      })),
      ...Array.from({ length: 8 }, (_, i) => ({ action: "labelmap", regex: "(c.+)", replacement: `a${i}_$1` })),
      ...Array.from({ length: 97 }, (_, i) => ({ action: "labeldrop", regex: `.*[ab]{990}c${i}` })),
    ];
    assert.equal(limits(aboutMetrics(...rules)).body_size_limit, "1B");
  });

  it("cannot make a label longer and longer behind a rule that never matches", () => {
    const source = (label: string): string[] => Array.from({ length: 100 }, () => label);
    const rules = [
      { sourceLabels: source("path"), targetLabel: "long" },
      { sourceLabels: ["path"], regex: "never", targetLabel: "long" },
      { sourceLabels: source("long"), targetLabel: "longer" },
    ];
    assert.match(
      found(aboutMetrics(...rules)).join(),
      /metricRelabelings\[2\]: could make a label more than 100 times as long/,
    );
  });
});
