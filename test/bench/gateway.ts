import { setTimeout as sleep } from "node:timers/promises";
import type { Signal } from "../e2e/support/backends";
import { bare, defaultCompressions, ours } from "./gateway/configurations";
import { combinations, readOptions, type Options, type Way } from "./gateway/options";
import { Scene } from "./gateway/scene";
import { compare, Subject } from "./gateway/subject";
import type { Collector } from "./support/collector";

/**
 * What the gateway costs: items per second of the collector's CPU time, of the configuration that this project makes
 * with one and with three pipelines, against a bare collector between the same two ends. All are real collectors on
 * the cluster of KUBECONFIG; each gets the same requests in turn, so that whatever else the machine does hits all of
 * them. Then the memory with some backends dead, one of three unless told otherwise.
 */
const mebibyte = 1024 * 1024;

interface Row extends Way {
  readonly signal: Signal;
  /** Items per second of CPU, in thousands, of the bare collector and of ours for one and for three pipelines. */
  readonly bare: number;
  readonly one: number;
  readonly three: number;
  /** Of `one` to `bare`. */
  readonly ratio: number;
  /** CPU for an item that goes to three backends as a multiple of that for one. */
  readonly threeToOne: number;
  /** Items per second of CPU as a part of what a bare collector with three exporters does. */
  readonly threeRatio: number;
  /** What an item takes in requests to one backend. */
  readonly bytesPerItem: number;
}

const kinds = ["bare", "bare-three", "one", "three"] as const;
type Kind = (typeof kinds)[number];

async function measure(scene: Scene, signal: Signal, way: Way, options: Options): Promise<Row> {
  const one = [scene.sinkAddress(way.protocol)];
  const three = Array.from({ length: 3 }, () => scene.sinkAddress(way.protocol));
  const collectors = await scene.start({
    bare: bare(signal, one, way, options.bareGcPercent),
    "bare-three": bare(signal, three, way, options.bareGcPercent),
    one: ours(signal, one, way),
    three: ours(signal, three, way),
  });
  const started = kinds.map((kind): [Kind, Subject] => [
    kind,
    new Subject(scene, collectors.get(kind) as Collector, kind.endsWith("three") ? three.length : one.length),
  ]);
  const subjects = new Map(started);
  await compare([...subjects.values()], signal, options);
  const bytesPerItem = await (subjects.get("one") as Subject).bytesPerItem(signal, options);
  const bareBytes = await (subjects.get("bare") as Subject).bytesPerItem(signal, options);
  if (way.compression === "none" && bytesPerItem <= bareBytes)
    throw new Error("what came from the gateway has no metadata");
  await scene.stop(kinds);

  const speed = (kind: Kind): number => subjects.get(kind)?.itemsPerCpuSecond ?? NaN;
  return {
    signal,
    ...way,
    bare: round(speed("bare") / 1000, 1),
    one: round(speed("one") / 1000, 1),
    three: round(speed("three") / 1000, 1),
    ratio: round(speed("one") / speed("bare"), 2),
    threeToOne: round(speed("one") / speed("three"), 2),
    threeRatio: round(speed("three") / speed("bare-three"), 2),
    bytesPerItem: round(bytesPerItem, 0),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** The most memory of a gateway while some of its backends are dead. */
async function deadBackends(scene: Scene, options: Options): Promise<void> {
  const { rate, items, deadSeconds, backends, dead, apart } = options;
  const addresses = Array.from({ length: backends }, (_, i) =>
    i < dead ? scene.deadAddress : scene.sinkAddress("grpc"),
  );
  const configured = ours(
    "metrics",
    addresses,
    { protocol: "grpc", compression: "gzip" },
    apart ? { filter: [{ conditions: [`metric.name == ""`] }] } : {},
  );
  const collector = (await scene.start({ dead: configured })).get("dead") as Collector;
  let highest = 0;
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await sleep(1000)) highest = Math.max(highest, await collector.memory());
  })();
  // Enough to fill the queue of a dead one within seconds; the rest of the time it is full.
  const pushed = await scene.push(collector, "metrics", rate / 4 / items, deadSeconds);
  isOver = true;
  await watching;
  await scene.stop(["dead"]);
  const inMebibytes = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`;
  console.log(
    `${dead} of ${backends} backends dead for ${deadSeconds} s: ${inMebibytes(highest)} at most, of ${inMebibytes(configured.memoryLimit)}; ` +
      `${pushed.items} items taken, ${pushed.failed} requests refused`,
  );
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const rows: Row[] = [];
  await Scene.use(options.items, async (scene) => {
    for (const [signal, way] of combinations(options)) {
      const row = await measure(scene, signal, way, options);
      const { protocol, compression } = way;
      console.log(
        `${signal}, ${protocol}, ${compression}: ${row.ratio} of bare; three pipelines cost ${row.threeToOne} times one`,
      );
      rows.push(row);
    }
    if (options.deadSeconds > 0) await deadBackends(scene, options);
  });
  console.table(rows);
  const means = Object.entries(defaultCompressions).flatMap(([where, compression]) => {
    const ofIt = rows.filter((row) => row.compression === compression);
    const mean = (key: "ratio" | "threeToOne"): number => ofIt.reduce((sum, row) => sum + row[key], 0) / ofIt.length;
    return ofIt.length > 0 ? [{ where, compression, ratio: mean("ratio"), threeToOne: mean("threeToOne") }] : [];
  });
  for (const { where, compression, ratio, threeToOne } of means) {
    console.log(
      `backends ${where} (by default ${compression}): ${ratio.toFixed(2)} of bare; ` +
        `three pipelines cost as much CPU as one, times: ${threeToOne.toFixed(2)}`,
    );
  }
  // The worse of what users get who set nothing; of all rows, when none of them is measured.
  const ratios = means.length > 0 ? means.map(({ ratio }) => ratio) : rows.map(({ ratio }) => ratio);
  console.log(`gateway ratio to bare: ${Math.min(...ratios).toFixed(2)}`);
}

void main();
