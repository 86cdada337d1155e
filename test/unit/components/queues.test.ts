import assert from "node:assert/strict";
import { pipelineModels, planCollectors, queueFindings, type CollectorPlan } from "../../../components/plan";
import { formatFinding } from "../../../components/schema";
import type { PipelinesArgs } from "../../../components/settings";
import { parse } from "../settings/helpers";

function plansOf(written: PipelinesArgs): CollectorPlan[] {
  const { pipelines, settings } = parse(written);
  return planCollectors(pipelineModels(pipelines), settings, { mesh: false, namespace: "telemetry" });
}

const told = (written: PipelinesArgs): string[] => queueFindings(plansOf(written)).map(formatFinding);

const output = (size?: string) => ({ otlp: { endpoint: { value: "backend:4317" }, ...(size && { queue: { size } }) } });
const logs = (...sizes: readonly (string | undefined)[]) => ({
  logPipelines: sizes.map((size, i) => ({ name: `log-${i}`, output: output(size) })),
});
const limit = (memory: string) => ({ resources: { limits: { memory } } });

describe("queues for which the user's memory limit has no room", () => {
  it("are refused with a limit that has room for them", () => {
    assert.deepEqual(told({ ...logs("64Mi"), gateway: limit("512Mi") }), [
      "logPipelines[0].output.otlp.queue.size: is too large for gateway.resources.limits.memory. Write `gateway.resources.limits.memory: 1216Mi`, or a smaller size.",
    ]);
    assert.deepEqual(told({ ...logs("64Mi"), gateway: limit("1216Mi") }), []);
  });

  it("are refused if they leave the others less than the largest request", () => {
    const message = (rest: string, memory: string): string =>
      `logPipelines[0].output.otlp.queue.size: is too large for gateway.resources.limits.memory, which must also hold a queue of 4Mi for ${rest}. Write \`gateway.resources.limits.memory: ${memory}\`, or a smaller size.`;
    assert.deepEqual(told({ ...logs("16Mi", undefined), gateway: limit("555Mi") }), [
      message("1 other pipeline", "556Mi"),
    ]);
    assert.deepEqual(told({ ...logs("16Mi", undefined), gateway: limit("556Mi") }), []);
    assert.deepEqual(told({ ...logs("16Mi", undefined, undefined), gateway: limit("556Mi") }), [
      message("each of 2 other pipelines", "616Mi"),
    ]);
  });

  it("are refused together, at the largest of them", () => {
    assert.deepEqual(told({ ...logs("16Mi", "64Mi", undefined), gateway: limit("512Mi") }), [
      "logPipelines[1].output.otlp.queue.size: is too large, together with that of 1 other pipeline, for gateway.resources.limits.memory, which must also hold a queue of 4Mi for 1 other pipeline. Write `gateway.resources.limits.memory: 1516Mi`, or a smaller size.",
    ]);
    assert.deepEqual(told({ ...logs("16Mi", "64Mi", "16Mi"), gateway: limit("512Mi") }), [
      "logPipelines[1].output.otlp.queue.size: is too large, together with those of 2 other pipelines, for gateway.resources.limits.memory. Write `gateway.resources.limits.memory: 1696Mi`, or a smaller size.",
    ]);
  });

  it("are refused once for all agents, with the limit that is enough for each", () => {
    const input = { otlp: { enabled: false }, prometheus: { enabled: true }, apiServer: { enabled: true } };
    const written = { metricPipelines: [{ name: "a", input, output: output("64Mi") }], agent: limit("512Mi") };
    assert.deepEqual(told(written), [
      "metricPipelines[0].output.otlp.queue.size: is too large for agent.resources.limits.memory. Write `agent.resources.limits.memory: 1216Mi`, or a smaller size.",
    ]);
    assert.deepEqual(told({ ...written, agent: limit("1216Mi") }), []);
  });

  it("are accepted with the default limit, which grows with them", () => {
    const plans = plansOf(logs("64Mi", undefined));
    assert.deepEqual(queueFindings(plans), []);
    assert.deepEqual(
      plans.map(({ resources }) => resources.memoryLimit),
      [(256 + 960 + 256) * 2 ** 20],
    );
    assert.match(plans[0]?.configuration ?? "", /queue_size: 67108864\n/);
  });
});
