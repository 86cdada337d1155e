import assert from "node:assert/strict";
import { pullRoles } from "../../components/inputs";
import { agentSizing, gatewayQueueBytes, gatewayResources } from "../../components/sizing";
import { queueBudget } from "../rules/queue-budget";
import { scrapeLimits } from "../rules/scrape-limits";
import { judge, unknown, type Given } from "./judge";
import { configMap, container, daemonSet, exporter, scrape } from "./good-objects";

describe("queue-budget", () => {
  const queue = (change: object): object => ({ ...exporter, sending_queue: { ...exporter.sending_queue, ...change } });
  const judged = (exporters: object, workload = daemonSet()): string[] =>
    judge(queueBudget, [workload, configMap({ exporters })]).messages;

  it("accepts queues that fit, and exporters without one", () => {
    assert.deepEqual(judged({ a: exporter, b: exporter }), []);
    assert.deepEqual(judged({ a: queue({ enabled: false, sizer: undefined }), debug: {} }), []);
  });

  it("rejects queues that together need too much memory", () => {
    assert.deepEqual(judged({ a: exporter, b: exporter, c: exporter }), [
      "the queues of 3 exporters may take 288 MiB, more than 50 % of the memory limit of 512 MiB. Raise gateway.resources.limits.memory, or lower output.otlp.queue.size of the pipelines.",
    ]);
  });

  it("judges collectors of every kind of workload, and names the right setting", () => {
    const deployment = { ...daemonSet({}, "agent"), type: "apps/v1:Deployment" };
    const [message] = judged({ a: exporter, b: exporter, c: exporter }, deployment);
    assert.match(
      message ?? "",
      /\. Raise agent\.resources\.limits\.memory, or lower output\.otlp\.queue\.size of the pipelines\.$/,
    );
  });

  it("rejects a queue without a limit in bytes, and any queue without a memory limit", () => {
    assert.deepEqual(judged({ a: queue({ sizer: "items" }) }), [
      "exporter 'a': set sending_queue.sizer to bytes, and set queue_size. Without both, the queue's memory has no limit.",
    ]);
    assert.equal(judged({ a: queue({ queue_size: 0 }) }).length, 1);
    const unlimited = daemonSet({ resources: { ...container.resources, limits: {} } });
    assert.equal(judged({ a: exporter }, unlimited).length, 1);
  });

  it("accepts the queues that the program itself computes, for any number of pipelines and any limit", () => {
    for (const pipelines of [1, 2, 5, 20, 100]) {
      for (const memoryLimit of [undefined, 192 * 2 ** 20, 2 ** 30]) {
        const queues = { even: pipelines, own: [] };
        const resources = gatewayResources(queues, { memoryLimit });
        const queue_size = gatewayQueueBytes(resources, queues);
        const exporters = Object.fromEntries(
          Array.from({ length: pipelines }, (_, i) => [`otlp/${i}`, queue({ queue_size })]),
        );
        const limits = { memory: `${resources.memoryLimit}` };
        assert.deepEqual(judged(exporters, daemonSet({ resources: { limits } })), []);
      }
    }
  });

  it("accepts queues with a size from users in the memory limit that the program computes", () => {
    const own = { id: "logPipelines/a", path: "logPipelines[0]", bytes: 64 * 2 ** 20 };
    const queues = { even: 1, own: [own] };
    const resources = gatewayResources(queues);
    const sizes = [own.bytes, gatewayQueueBytes(resources, queues)];
    const exporters = Object.fromEntries(sizes.map((queue_size, i) => [`otlp/${i}`, queue({ queue_size })]));
    const limits = { memory: `${resources.memoryLimit}` };
    assert.deepEqual(judged(exporters, daemonSet({ resources: { limits } })), []);
  });

  it("accepts the queues that the program computes for agents", () => {
    for (const pipelines of [1, 5, 40]) {
      for (const role of pullRoles) {
        const { resources, queueBytes } = agentSizing(role, { even: pipelines, own: [] });
        const exporters = Object.fromEntries(
          Array.from({ length: pipelines }, (_, i) => [`otlp/${i}`, queue({ queue_size: queueBytes })]),
        );
        const limits = { memory: `${resources.memoryLimit}` };
        assert.deepEqual(judged(exporters, daemonSet({ resources: { limits } }, "agent")), []);
      }
    }
  });

  it("waits for the update when it is not known which configuration the pods read", () => {
    const volumes = [{ name: "config", configMap: { name: unknown } }];
    const given: Given = {
      ...daemonSet(),
      props: { ...daemonSet().props, spec: { template: { spec: { containers: [container], volumes } } } },
    };
    assert.match(judge(queueBudget, [given, configMap()]).unknown ?? "", /configMap\.name can't be known/);
  });
});

describe("scrape-limits", () => {
  const scraping = (change: object): Given =>
    configMap({ receivers: { "prometheus/pods": { config: { scrape_configs: [{ ...scrape, ...change }] } } } });
  const place = "receiver 'prometheus/pods', job 'pods':";

  it("accepts jobs with both limits, and collectors that scrape nothing", () => {
    assert.deepEqual(judge(scrapeLimits, [scraping({}), configMap()]), { messages: [] });
    for (const body_size_limit of [1, "1B", "0.5KB", "20MiB", "0MB500KB"])
      assert.deepEqual(judge(scrapeLimits, scraping({ body_size_limit })).messages, []);
    assert.deepEqual(judge(scrapeLimits, scraping({ sample_limit: 90_000 }), { mostSamples: 100_000 }).messages, []);
  });

  it("rejects jobs without a limit, or with a limit that limits nothing", () => {
    for (const sample_limit of [undefined, 0, -1, 50_001]) {
      assert.deepEqual(judge(scrapeLimits, scraping({ sample_limit })).messages, [
        `${place} set sample_limit (metric.prometheus.limits.samples) to at most 50000.`,
      ]);
    }
    for (const body_size_limit of [undefined, 0, "", "0", "0B", "0MB", "0.4B", "0.0MiB", "MB"]) {
      assert.deepEqual(judge(scrapeLimits, scraping({ body_size_limit })).messages, [
        `${place} set body_size_limit (metric.prometheus.limits.bodySize), such as 16MB.`,
      ]);
    }
  });

  it("waits for the update when the configuration is not known yet", () => {
    const given = { type: "core/v1:ConfigMap", props: { data: unknown } };
    assert.match(judge(scrapeLimits, given).unknown ?? "", /\.data can't be known/);
  });
});
