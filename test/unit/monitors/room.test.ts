import assert from "node:assert/strict";
import { excessiveAliases, renderYaml } from "../../../components/collector";
import { mostObjectBytes } from "../../../components/contract";
import type { MonitorObject } from "../../../components/monitors/monitor-object";
import { withRoomForJobs } from "../../../components/monitors/room-for-jobs";
import { withRoomToRead } from "../../../components/monitors/room-to-read";
import { formatFinding } from "../../../components/schema";
import { plan, stack, withEndpoint } from "../helpers/monitors";

/** A monitor whose job takes about so many kilobytes that no other job has. */
function large(namespace: string, name: string, kilobytes: number): MonitorObject {
  const metricRelabelings = Array.from({ length: kilobytes }, (_, i) => ({
    sourceLabels: ["__name__"],
    regex: `${namespace}_${name}_${i}_${"x".repeat(900)}`,
    action: "drop",
  }));
  return { ...withEndpoint("ServiceMonitor", { metricRelabelings }), namespace, name };
}

const small = (namespace: string): MonitorObject => ({ ...withEndpoint("ServiceMonitor"), namespace });
const namesOf = (list: readonly { readonly namespace: string; readonly name: string }[]): string[] =>
  list.map(({ namespace, name }) => `${namespace}/${name}`).sort();

describe("Monitors that no configuration of the agents has room for", () => {
  const greedy = Array.from({ length: 10 }, (_, i) => large("greedy", `m${i}`, 100));

  it("are left out in the namespace that takes the most, its largest ones first, and are named", () => {
    const others = ["a", "shop", "z"].map(small);
    const own = large("payment", "orders", 90);
    const { jobs, findings, problems } = plan(stack(), [...greedy, large("greedy", "least", 5), ...others, own]);
    const kept = namesOf(jobs.map(({ target }) => target));
    assert.deepEqual(
      kept.filter((name) => !name.startsWith("greedy/m")),
      ["a/orders", "greedy/least", "payment/orders", "shop/orders", "z/orders"],
    );
    assert.equal(kept.length, 5 + 7);
    const text = renderYaml({ scrape_configs: jobs.map(({ config }) => config) });
    assert.ok(Buffer.byteLength(text) < mostObjectBytes * 0.85);
    assert.deepEqual(namesOf(problems.map(({ problem }) => problem)), ["greedy/m7", "greedy/m8", "greedy/m9"]);
    assert.deepEqual(
      findings
        .slice(0, 1)
        .map((finding) => formatFinding(finding).replaceAll(/about \d+ bytes and \d+/g, "about … bytes and …")),
      [
        "ServiceMonitor greedy/m7: would take about … bytes and … values of the agents' configuration, which has room " +
          "for 891289 bytes and 380000 values of all monitors together, in turns for each namespace, so the whole monitor " +
          "is ignored. Write fewer endpoints, rules, targetLabels and podTargetLabels in the monitors of this namespace, " +
          "or select fewer monitors.",
      ],
    );
  });

  it("are none if equal rules make them fit, and only one namespace's if it repeats too many values", () => {
    const metricRelabelings = Array.from({ length: 140 }, (_, i) => ({
      sourceLabels: ["__name__"],
      regex: `container_metric_${i}_(total|sum)`,
      action: "drop",
    }));
    const one = withEndpoint("ServiceMonitor", { metricRelabelings });
    const [{ config } = { config: {} }] = plan(stack(), [one]).jobs;
    const many = (namespace: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        config: { ...config, job_name: `${namespace}/m${i}` },
        monitor: { ...one, name: `m${i}`, namespace },
        pipelines: [],
      }));
    const shop = many("shop", 280);
    assert.deepEqual(withRoomForJobs(shop), { jobs: shop, without: [] });
    const { jobs } = withRoomForJobs([...shop, ...many("stock", 90)]);
    assert.equal(jobs.filter(({ monitor }) => monitor.namespace === "stock").length, 90);
    const text = renderYaml({ scrape_configs: jobs.map((job) => job.config) });
    assert.equal(excessiveAliases(text), undefined);
  });
});

describe("Monitors whose expressions no agent has memory for", () => {
  it("are left out in the namespace that has the largest, and are named", () => {
    const regex = ".{1000}".repeat(95);
    const relabelings = [{ sourceLabels: ["a"], regex, targetLabel: "b" }];
    const greedy = Array.from({ length: 40 }, (_, i) => ({
      ...withEndpoint("PodMonitor", { relabelings }),
      namespace: "greedy",
      name: `m${i}`,
    }));
    const { jobs, findings } = plan(stack(), [...greedy, small("shop"), large("stock", "orders", 20)]);
    assert.deepEqual(
      namesOf(jobs.map(({ target }) => target)).filter((name) => !name.startsWith("greedy/")),
      ["shop/orders", "stock/orders"],
    );
    assert.deepEqual([jobs.length, findings.length], [2 + 16, 24]);
    assert.match(
      findings.map(formatFinding)[0] ?? "",
      /^PodMonitor greedy\/m\d+: has regular expressions with about 9\d{4} instructions, and the agents have room for 1600000 of all monitors together, in turns for each namespace, so the whole monitor is ignored\. Write fewer rules, and repeat less in their expressions, in the monitors of this namespace, or select fewer monitors\.$/,
    );
  });
});

describe("Monitors that an update cannot read together", () => {
  it("are left out in the namespace that has the most bytes, and are named", () => {
    const greedy = Array.from({ length: 4 }, (_, i) => large("greedy", `m${i}`, 30));
    const read = withRoomToRead([...greedy, small("shop"), large("stock", "orders", 20)], 90_000);
    const unread = read.filter(({ unreadBytes }) => unreadBytes !== undefined);
    assert.deepEqual(namesOf(unread), ["greedy/m2", "greedy/m3"]);
    assert.ok(unread.every(({ spec }) => spec === undefined));
    assert.deepEqual(withRoomToRead(read, 90_000), read);
    const { jobs, findings } = plan(stack(), read);
    assert.equal(jobs.length, 4);
    assert.deepEqual(
      findings.map((finding) => formatFinding(finding).replace(/has \d+/, "has …")),
      [
        "ServiceMonitor greedy/m2: has … bytes, and an update reads 16777216 bytes of all monitors together, in turns for " +
          "each namespace, so the whole monitor is ignored. Delete monitors of this namespace, or write fewer rules.",
        "ServiceMonitor greedy/m3: has … bytes, and an update reads 16777216 bytes of all monitors together, in turns for " +
          "each namespace, so the whole monitor is ignored. Delete monitors of this namespace, or write fewer rules.",
      ],
    );
  });
});

describe("Thousands of monitors that an update does not read", () => {
  it("keep only usual labels, because all of them together have one answer", () => {
    const labels = (length: number) => ({ team: "a", text: "x".repeat(length) });
    const list = Array.from({ length: 1000 }, (_, i) => ({ ...small("greedy"), name: `m${i}`, labels: labels(9000) }));
    const read = withRoomToRead([...list, { ...small("greedy"), name: "usual", labels: labels(800) }], 100);
    assert.ok(JSON.stringify(read).length < 200_000);
    assert.deepEqual(read.at(-1)?.labels, labels(800));
  });
});

describe("Monitors with more endpoints than an update translates", () => {
  it("are left out in the namespace that has the most, and are named", () => {
    const podMetricsEndpoints = Array.from({ length: 90 }, () => ({}));
    const greedy = Array.from({ length: 60 }, (_, i) => ({
      ...withEndpoint("PodMonitor", {}, { podMetricsEndpoints }),
      namespace: "greedy",
      name: `m${i}`,
    }));
    const { jobs, findings } = plan(stack(), [...greedy, small("shop"), small("stock")]);
    const kept = new Set(jobs.map(({ target }) => target.namespace));
    assert.deepEqual([...kept].sort(), ["greedy", "shop", "stock"]);
    const texts = findings.map(formatFinding).filter((text) => text.includes("translates"));
    assert.equal(texts.length, 60 - 44);
    assert.match(
      texts[0] ?? "",
      /^PodMonitor greedy\/m\d+: has 90 endpoints, and an update translates 4000 of all monitors together, in turns for each namespace, so the whole monitor is ignored\. Delete monitors of this namespace, or select fewer monitors\.$/,
    );
  });
});

describe("Warnings about many wrong monitors", () => {
  const wrong = (namespace: string, count: number): MonitorObject[] =>
    Array.from({ length: count }, (_, i) => ({
      ...withEndpoint("PodMonitor", { port: "metrics", interval: "soon" }),
      namespace,
      name: `m${i}`,
    }));

  it("are few, and name the monitors of each namespace", () => {
    const texts = plan(stack(), [...wrong("loud", 300), ...wrong("shop", 2)]).findings.map(formatFinding);
    const of = (namespace: string): number => texts.filter((text) => text.includes(` ${namespace}/`)).length;
    assert.deepEqual([of("loud"), of("shop"), texts.length], [98, 2, 101]);
    assert.match(
      texts.at(-1) ?? "",
      /input\.prometheusOperator: finds 202 more faults of monitors\. Correct the named ones to see them\.$/,
    );
  });

  it("name all where they are few", () => {
    assert.equal(plan(stack(), wrong("shop", 100)).findings.length, 100);
  });
});
