import { setTimeout as sleep } from "node:timers/promises";
import { ports } from "../../../components/contract";
import type { Signal } from "../../e2e/support/backends";

/** A running collector, and its own metrics. */
export class Collector {
  constructor(readonly address: string) {}

  /** Seconds of CPU that the process has used, as the kernel counts them. */
  async cpuSeconds(): Promise<number> {
    return (await this.read())(cpu);
  }

  /** Bytes of memory of the process. */
  async memory(): Promise<number> {
    return (await this.read())("otelcol_process_memory_rss");
  }

  /** Reads all metrics at one moment. The result returns the sum of a metric's series by its name. */
  async read(): Promise<(metric: string) => number> {
    const response = await fetch(`http://${this.address}:${ports.selfMetrics}/metrics`);
    const lines = (await response.text()).split("\n");
    return (metric) =>
      lines
        .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
        .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  /** Waits until all accepted items were sent to each backend. */
  async drained(signal: Signal, items: number): Promise<void> {
    const end = Date.now() + 30_000;
    let sent = 0;
    while ((sent = (await this.read())(`otelcol_exporter_sent_${itemNames[signal]}`)) < items) {
      if (Date.now() > end) {
        throw new Error(`only ${sent} of ${items} items were sent on: its queue was full for a while. Lower --rate.`);
      }
      await sleep(500);
    }
  }
}

export const cpu = "otelcol_process_cpu_seconds";
const itemNames = { metrics: "metric_points", traces: "spans", logs: "log_records" } as const;
