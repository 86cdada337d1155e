import { setTimeout as sleep } from "node:timers/promises";
import { gatewayGcPercent } from "../../components/sizing";
import { bare, ours } from "./gateway/configurations";
import { combinations, readOptions, type Case, type Options } from "./gateway/options";
import { Scene } from "./gateway/scene";
import { compare, ratio, spread, Subject } from "./gateway/subject";
import type { Collector } from "./support/collector";

/**
 * What the gateway costs: CPU for an item, of the configuration that this project makes with one and with three
 * pipelines, against bare collectors between the same two ends. One of them is as Go has it by default, the other
 * collects garbage as rarely as the gateway. All are real collectors on this machine. Each gets the same requests in
 * turn, so that other load on the machine affects all of them alike. Then the memory with some backends dead, one of
 * three unless told otherwise.
 */
const mebibyte = 1024 * 1024;

const kinds = ["bare", "bare, same GOGC", "one", "three bare", "three"] as const;
type Kind = (typeof kinds)[number];

/** Kinds whose CPU is compared: the second does so many items per second of CPU, as a multiple of the first. */
const pairs = [
  ["bare", "one"],
  ["bare, same GOGC", "one"],
  ["three bare", "three"],
] as const;

interface Row extends Case {
  /** Microseconds of CPU for an item, of the bare collectors and of ours for one and for three pipelines. */
  readonly bare: number;
  readonly "bare, same GOGC": number;
  readonly one: number;
  readonly three: number;
  /** Items per second of CPU with one pipeline, as a part of what a bare collector does. */
  readonly ratio: number;
  readonly "same GOGC": number;
  /** The same for three pipelines and a bare collector with three exporters. */
  readonly "ratio of three": number;
  /** CPU for an item that goes to three backends as a multiple of that for one. */
  readonly "three to one": number;
  /** Width of the widest 95 % confidence interval of these ratios. */
  readonly spread: string;
  readonly rounds: number;
  /** What an item takes in requests to one backend. */
  readonly bytes: number;
}

async function measure(scene: Scene, one: Case, options: Options): Promise<Row> {
  const { signal, items, protocol } = one;
  const single = [scene.sinkAddress(protocol)];
  const three = Array.from({ length: 3 }, () => scene.sinkAddress(protocol));
  const goDefault = 100;
  const collectors = await scene.start({
    bare: bare(signal, single, one, goDefault),
    "bare, same GOGC": bare(signal, single, one, gatewayGcPercent),
    one: ours(signal, single, one),
    "three bare": bare(signal, three, one, goDefault),
    three: ours(signal, three, one),
  });
  const subjects = kinds.map(
    (kind) => new Subject(scene, collectors.get(kind) as Collector, kind.startsWith("three") ? 3 : 1, signal, items),
  );
  const of = (kind: Kind): Subject => subjects[kinds.indexOf(kind)] as Subject;
  await compare(
    subjects,
    pairs.map(([a, b]) => [kinds.indexOf(a), kinds.indexOf(b)]),
    options,
  );
  const bytes = await of("one").bytesPerItem(options);
  if (one.compression === "none" && bytes <= (await of("bare").bytesPerItem(options)))
    throw new Error("what came from the gateway has no metadata");
  await scene.stop(kinds);
  const cost = (kind: Kind): number => round(of(kind).cost, 2);
  return {
    ...one,
    bare: cost("bare"),
    "bare, same GOGC": cost("bare, same GOGC"),
    one: cost("one"),
    three: cost("three"),
    ratio: round(ratio(of("one"), of("bare")), 2),
    "same GOGC": round(ratio(of("one"), of("bare, same GOGC")), 2),
    "ratio of three": round(ratio(of("three"), of("three bare")), 2),
    "three to one": round(ratio(of("one"), of("three")), 2),
    spread: `${round(100 * Math.max(...pairs.map(([a, b]) => spread(of(b), of(a)))), 1)} %`,
    rounds: of("one").costs.length,
    bytes: round(bytes, 0),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** The most memory of a gateway while some of its backends are dead. */
async function deadBackends(scene: Scene, options: Options): Promise<void> {
  const { rate, requestItems, deadSeconds, backends, dead, apart } = options;
  const items = Math.max(...requestItems);
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
  const requestsPerSecond = rate / 8 / items;
  const pushed = await scene.push(
    collector,
    "metrics",
    items,
    Math.round(requestsPerSecond * deadSeconds),
    requestsPerSecond,
  );
  isOver = true;
  await watching;
  await scene.stop(["dead"]);
  const inMebibytes = (bytes: number): string => `${Math.round(bytes / mebibyte)} MiB`;
  console.log(
    `${dead} of ${backends} backends dead for ${deadSeconds} s: ${inMebibytes(highest)} at most, of ${inMebibytes(configured.memoryLimit)}; ` +
      `${pushed.items} items taken, ${pushed.failed} requests refused`,
  );
}

function name({ signal, protocol, compression, items }: Case): string {
  return `${signal}, ${protocol}, ${compression}, ${items} items in a request`;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const rows: Row[] = [];
  await Scene.use(async (scene) => {
    for (const one of combinations(options)) {
      const row = await measure(scene, one, options);
      console.log(
        `${name(one)}: ${row.ratio} of bare, ${row["same GOGC"]} with the same GOGC, ` +
          `${row["ratio of three"]} with three (± ${row.spread} in ${row.rounds} rounds)`,
      );
      rows.push(row);
    }
    if (options.deadSeconds > 0) await deadBackends(scene, options);
  });
  console.table(rows);
  for (const key of ["same GOGC", "ratio"] as const) {
    const worst = rows.reduce((least, row) => (row[key] < least[key] ? row : least));
    const against = key === "ratio" ? "bare" : "bare with the same GOGC";
    console.log(`gateway ratio to ${against}: ${worst[key].toFixed(2)} (${name(worst)})`);
  }
}

void main();
