import assert from "node:assert/strict";
import type { CoreV1Event, KubeConfig } from "@kubernetes/client-node";
import type { UpdateResult } from "../../../manager/engine";
import { Metrics } from "../../../manager/report/manager-metrics";
import { Reporter } from "../../../manager/reporter";

interface Told {
  readonly log: readonly string[];
  readonly events: readonly string[];
  readonly metrics: string;
}

/** What is told of an update that took 95 seconds. */
async function told(result: UpdateResult): Promise<Told> {
  const log: string[] = [];
  const events: string[] = [];
  const api = {
    createNamespacedEvent: ({ body: { reason, message } }: { body: CoreV1Event }) => {
      events.push(`${reason}: ${message}`);
      return Promise.resolve();
    },
  };
  const config = { makeApiClient: () => api } as unknown as KubeConfig;
  const metrics = new Metrics();
  const reporter = new Reporter(
    config,
    "manager",
    metrics,
    () => ({ name: "lease" }),
    (line) => log.push(line),
  );
  await reporter.updated(result, "inputs", 95);
  return { log, events, metrics: await metrics.text() };
}

describe("what is told of an update", () => {
  it("that was refused is whether anything was changed before", async () => {
    const { log, events, metrics } = await told({
      outcome: "refused",
      message: "a: is missing.",
      findings: [],
      changes: 0,
    });
    assert.deepEqual(log, ["Refused after 95 s; nothing was changed.\na: is missing."]);
    assert.deepEqual(events, ["UpdateRefused: a: is missing."]);
    assert.match(metrics, /updates_total\{outcome="refused",why="inputs"\} 1/);
    const late = await told({ outcome: "refused", message: "a: is missing.", findings: [], changes: 2 });
    assert.deepEqual(late.log, ["Refused after 95 s; 2 resources were changed before.\na: is missing."]);
  });

  it("that was gone back from is just that, and no refusal", async () => {
    const { log, events, metrics } = await told({
      outcome: "wentBack",
      message: "a: is unhealthy.",
      findings: [],
      changes: 7,
    });
    assert.deepEqual(log, ["Went back after 95 s; the same inputs are not tried again.\na: is unhealthy."]);
    assert.deepEqual(events, ["WentBack: a: is unhealthy."]);
    assert.match(metrics, /updates_total\{outcome="wentBack",why="inputs"\} 1/);
    assert.doesNotMatch(metrics, /refused/);
  });
});
