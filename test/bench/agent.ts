import { setTimeout as sleep } from "node:timers/promises";
import { readOptions, type Options } from "./agent/options";
import { Scene } from "./agent/scene";
import { cpu, type Collector } from "./support/collector";

/**
 * Measures the costs of a node's metric agent: memory, CPU, and samples per second of CPU time. Compares this project's
 * configuration for one pipeline with annotated pods to a bare Prometheus receiver and exporter. Both are real collectors on
 * one node of the cluster of KUBECONFIG. They scrape the same targets at the same interval and at the same time, so other
 * load on the machine affects both alike.
 */
const mebibyte = 1024 * 1024;

interface Row {
  readonly series: number;
  /** Most memory of the process, in MiB, from its start to the end. */
  readonly memory: number;
  readonly "bare memory": number;
  readonly "memory ratio": number;
  /** CPU, in cores. */
  readonly cores: number;
  readonly "bare cores": number;
  /** Thousands of samples. */
  readonly "samples per CPU s": number;
  readonly "bare samples per CPU s": number;
  readonly ratio: number;
  /** Samples that a full queue or the memory limiter refused. They cost CPU, but do not count as samples. */
  readonly lost: number;
  readonly "bare lost": number;
}

/** Intervals from the start in which only memory is measured: one-time work falls into them. */
const warmUpIntervals = 5;

/** One collector under measurement. */
class Subject {
  /** Samples in the measured time. */
  lost = 0;
  private highest = 0;
  private taken = 0;
  private used = 0;
  private seconds = 0;

  constructor(private readonly collector: Collector) {}

  async watchMemory(): Promise<void> {
    this.highest = Math.max(this.highest, await this.collector.memory());
  }

  /** Begins to measure at the first call, and ends at the second one. Sends no request to the collector in between. */
  async mark(): Promise<void> {
    const read = await this.collector.read();
    this.highest = Math.max(this.highest, read("otelcol_process_memory_rss"));
    const now = Date.now() / 1000;
    this.taken = read(taken) - this.taken;
    this.used = read(cpu) - this.used;
    this.seconds = now - this.seconds;
    this.lost = losses.reduce((sum, metric) => sum + read(metric), 0) - this.lost;
  }

  /** MiB. */
  get memory(): number {
    return Math.round(this.highest / mebibyte);
  }

  get cores(): number {
    return this.used / this.seconds;
  }

  get samples(): number {
    return this.taken;
  }

  get samplesPerCpuSecond(): number {
    return this.taken / this.used;
  }
}

/** Includes the scraper's own samples, which are few and the same for both. */
const taken = "otelcol_receiver_accepted_metric_points";
/** The receiver also counts samples as refused that a full queue refuses. */
const losses = ["otelcol_receiver_refused_metric_points", "otelcol_exporter_send_failed_metric_points"];

async function measure(scene: Scene, series: number, { targets, rounds, interval }: Options): Promise<Row> {
  const compared = await scene.compare(await scene.startTargets(series, targets));
  const [ours, bare] = [new Subject(compared.ours), new Subject(compared.bare)];
  for (const end = Date.now() + warmUpIntervals * interval * 1000; Date.now() < end; await sleep(1000)) {
    await Promise.all([ours.watchMemory(), bare.watchMemory()]);
  }
  await Promise.all([ours.mark(), bare.mark()]);
  await sleep(rounds * interval * 1000);
  await Promise.all([ours.mark(), bare.mark()]);
  await scene.stop(["ours", "bare"], targets);
  for (const { samples, lost } of [ours, bare]) {
    if (samples + lost < series * (rounds - 1)) throw new Error(`only ${samples} samples came in ${rounds} rounds`);
  }
  return {
    series,
    memory: ours.memory,
    "bare memory": bare.memory,
    "memory ratio": round(ours.memory / bare.memory, 2),
    cores: round(ours.cores, 3),
    "bare cores": round(bare.cores, 3),
    "samples per CPU s": round(ours.samplesPerCpuSecond / 1000, 1),
    "bare samples per CPU s": round(bare.samplesPerCpuSecond / 1000, 1),
    ratio: round(ours.samplesPerCpuSecond / bare.samplesPerCpuSecond, 2),
    lost: ours.lost,
    "bare lost": bare.lost,
  };
}

/** The counter of the memory limiter alone: the receiver's also has samples that a full queue refuses. */
const refusedForMemory = "otelcol_processor_refused_metric_points";

/** Measures the most memory of our agent while its backend is dead, with the largest size. */
async function deadBackend(scene: Scene, { sizes, targets, deadSeconds }: Options): Promise<void> {
  const series = Math.max(...sizes);
  await scene.startTargets(series, targets);
  const { collector, memoryLimit } = await scene.withoutBackend();
  const highest = { memory: 0, heap: 0, refused: 0 };
  for (const end = Date.now() + deadSeconds * 1000; Date.now() < end; await sleep(1000)) {
    const read = await collector.read();
    highest.memory = Math.max(highest.memory, read("otelcol_process_memory_rss"));
    highest.heap = Math.max(highest.heap, read("otelcol_process_runtime_heap_alloc_bytes"));
    highest.refused = read(refusedForMemory);
  }
  await scene.stop(["ours"], targets);
  const inMebibytes = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`;
  console.log(
    `${series} series, backend dead for ${deadSeconds} s: ${inMebibytes(highest.memory)} at most, of ` +
      `${inMebibytes(memoryLimit)}, ${inMebibytes(highest.heap)} of it on the heap; ${highest.refused} samples refused for want of memory`,
  );
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const rows: Row[] = [];
  const scene = await Scene.make(options);
  console.log(`${options.targets} targets, each scraped every ${options.interval} s, ${options.rounds} times measured`);
  try {
    for (const series of options.sizes) {
      const row = await measure(scene, series, options);
      console.log(`${series} series: ${row.memory} MiB and ${row.cores} cores; ${row.ratio} of bare per CPU second`);
      rows.push(row);
    }
    if (options.deadSeconds > 0) await deadBackend(scene, options);
  } finally {
    await Scene.remove();
  }
  console.table(rows);
  console.log("ratio: samples per CPU second of ours, divided by those of bare; below, its mean over the sizes");
  console.log(`agent ratio to bare: ${(rows.reduce((sum, { ratio }) => sum + ratio, 0) / rows.length).toFixed(2)}`);
}

void main();
