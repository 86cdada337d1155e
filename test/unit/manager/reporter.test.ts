import assert from "node:assert/strict";
import type { CoreV1Event, KubeConfig } from "@kubernetes/client-node";
import type { UpdateResult } from "../../../manager/engine";
import { Metrics } from "../../../manager/report/manager-metrics";
import { Reporter } from "../../../manager/reporter";

interface Reported {
  readonly log: readonly string[];
  readonly events: readonly string[];
  readonly metrics: string;
}

/** Reports an update that took 95 seconds. */
async function report(result: UpdateResult): Promise<Reported> {
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

describe("the report of an update", () => {
  it("states for a refusal whether anything was changed before", async () => {
    const { log, events, metrics } = await report({
      outcome: "refused",
      message: "a: is missing.",
      findings: [],
      changes: 0,
    });
    assert.deepEqual(log, ["Refused after 95 s; nothing was changed.\na: is missing."]);
    assert.deepEqual(events, ["UpdateRefused: a: is missing."]);
    assert.match(metrics, /updates_total\{outcome="refused",why="inputs"\} 1/);
    const late = await report({ outcome: "refused", message: "a: is missing.", findings: [], changes: 2 });
    assert.deepEqual(late.log, ["Refused after 95 s; 2 resources were changed before.\na: is missing."]);
  });

  it("is about going back if the update went back, and not a refusal", async () => {
    const { log, events, metrics } = await report({
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
