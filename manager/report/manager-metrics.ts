import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { conditionStatuses, type PipelineStatus } from "../../components/verification";
import type { Outcome } from "../decide";

const prefix = "telemetry_manager_";

/** The metrics of pipelines and of the manager itself. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly registers = [this.registry];
  private readonly conditions = new Gauge({
    name: "telemetry_pipeline_condition",
    help: "1 for the condition's current status, 0 for the other two.",
    labelNames: ["pipeline", "type", "status", "reason"],
    registers: this.registers,
  });
  private readonly updates = new Counter({
    name: `${prefix}updates_total`,
    help: "Updates of the stack, by outcome and cause.",
    labelNames: ["outcome", "why"],
    registers: this.registers,
  });
  private readonly durations = new Histogram({
    name: `${prefix}update_duration_seconds`,
    help: "Duration of an update, including its preview.",
    buckets: [5, 10, 20, 40, 80, 160, 320, 640],
    registers: this.registers,
  });
  private readonly lastUpdate = new Gauge({
    name: `${prefix}last_update_timestamp_seconds`,
    help: "Time at which the last update ended, by outcome.",
    labelNames: ["outcome"],
    registers: this.registers,
  });
  private readonly leader = new Gauge({
    name: `${prefix}leader`,
    help: "1 while this manager holds the lease, 0 while it waits.",
    registers: this.registers,
  });

  setLeader(isLeader: boolean): void {
    this.leader.set(isLeader ? 1 : 0);
  }

  updated(outcome: Outcome, why: string, seconds: number): void {
    this.updates.inc({ outcome, why });
    this.durations.observe(seconds);
    this.lastUpdate.set({ outcome }, Date.now() / 1000);
  }

  pipelines(statuses: readonly PipelineStatus[]): void {
    this.conditions.reset();
    for (const { pipeline, conditions } of statuses) {
      for (const { type, status, reason } of conditions) {
        for (const one of conditionStatuses) {
          this.conditions.set(
            { pipeline, type, status: one, reason: one === status ? reason : "" },
            one === status ? 1 : 0,
          );
        }
      }
    }
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
