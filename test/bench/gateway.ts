import { setTimeout as sleep } from "node:timers/promises";
import { gatewayGcPercent } from "../../components/sizing";
import { bare, ours } from "./gateway/configurations";
import { kyma } from "./gateway/kyma";
import { combinations, readOptions, type Case, type Options } from "./gateway/options";
import { Scene } from "./gateway/scene";
import { compare, ratio, Subject } from "./gateway/subject";
import type { Collector } from "./support/collector";
import type { Configured } from "./support/testbed";

/**
 * Measures the costs of the gateway. First, the CPU for an item in this project's configuration with one and with three
 * pipelines, compared to bare collectors between the same two ends: one with Go's default garbage collection, one that
 * collects garbage as rarely as the gateway. All are real collectors on this machine. Each gets the same requests in turn, so
 * other load on the machine affects all of them alike. With `--kyma`, the configuration of Kyma's telemetry manager is a
 * third one to compare with. Then the memory with some dead backends, one of three by default.
 */
const mebibyte = 1024 * 1024;

const single = ["bare", "bare, same GOGC", "one"] as const;
const several = ["three bare", "three"] as const;
type Kind = (typeof single)[number] | (typeof several)[number] | "kyma";

/** Kinds whose CPU is compared: the items per second of CPU of the second are a multiple of those of the first. */
const pairs: readonly (readonly [Kind, Kind])[] = [
  ["bare", "one"],
  ["bare, same GOGC", "one"],
  ["kyma", "one"],
  ["three bare", "three"],
];

interface Row extends Case {
  /** Microseconds of CPU for an item, of the bare collectors and of ours for one pipeline. */
  readonly bare: number;
  readonly "bare, same GOGC": number;
  readonly one: number;
  /** Items per second of CPU with one pipeline, divided by those of a bare collector. */
  readonly ratio: number;
  readonly "same GOGC": number;
  /** The same for the configuration of Kyma's telemetry manager. */
  readonly "ratio to kyma"?: number;
  /** The same for three pipelines and a bare collector with three exporters; only with the largest requests. */
  readonly "ratio of three"?: number;
  /** CPU for an item to three backends, divided by that to one; only with the largest requests. */
  readonly "three to one"?: number;
  /** Width of the widest 95 % confidence interval of these ratios. */
  readonly spread: string;
  readonly rounds: number;
  /** Bytes of an item in requests to one backend. */
  readonly bytes: number;
}

const goDefault = 100;

function configurations(scene: Scene, one: Case): Record<Kind, Configured> {
  const backend = scene.sinkAddress(one.protocol);
  return {
    bare: bare(one.signal, [backend], one, goDefault),
    "bare, same GOGC": bare(one.signal, [backend], one, gatewayGcPercent),
    one: ours(one.signal, [backend], one),
    kyma: kyma(one.signal, [backend], one),
    "three bare": bare(one.signal, [backend, backend, backend], one, goDefault),
    three: ours(one.signal, [backend, backend, backend], one),
  };
}

async function measure(scene: Scene, one: Case, options: Options): Promise<Row> {
  const isLargest = one.items === Math.max(...options.requestItems);
  const kinds: readonly Kind[] = [...single, ...(isLargest ? several : []), ...(options.kyma ? ["kyma" as const] : [])];
  const configured = configurations(scene, one);
  const collectors = await scene.start(Object.fromEntries(kinds.map((kind) => [kind, configured[kind]])));
  const subjects = kinds.map((kind) => {
    const backends = kind.startsWith("three") ? 3 : 1;
    return new Subject(scene, collectors.get(kind) as Collector, backends, one.signal, one.items);
  });
  const of = (kind: Kind): Subject => subjects[kinds.indexOf(kind)] as Subject;
  const compared = pairs.filter(([a]) => kinds.includes(a));
  await compare(
    subjects,
    compared.map(([a, b]) => [of(a), of(b)]),
    options,
  );
  const bytes = await of("one").bytesPerItem(options);
  if (one.compression === "none" && bytes <= (await of("bare").bytesPerItem(options)))
    throw new Error("data from the gateway has no metadata");
  await scene.stop(kinds);
  return {
    ...one,
    bare: round(of("bare").cost, 2),
    "bare, same GOGC": round(of("bare, same GOGC").cost, 2),
    one: round(of("one").cost, 2),
    ratio: round(ratio(of("one"), of("bare")).ratio, 2),
    "same GOGC": round(ratio(of("one"), of("bare, same GOGC")).ratio, 2),
    ...(options.kyma && { "ratio to kyma": round(ratio(of("one"), of("kyma")).ratio, 2) }),
    ...(kinds.includes("three") && {
      "ratio of three": round(ratio(of("three"), of("three bare")).ratio, 2),
      "three to one": round(ratio(of("one"), of("three")).ratio, 2),
    }),
    spread: `${round(100 * Math.max(...compared.map(([a, b]) => ratio(of(b), of(a)).spread)), 1)} %`,
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
  // Enough to fill the queue of a dead backend within seconds. It stays full for the rest of the time.
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
          (options.kyma ? `${row["ratio to kyma"]} of Kyma's, ` : "") +
          `spread ${row.spread} in ${row.rounds} rounds`,
      );
      rows.push(row);
    }
    if (options.deadSeconds > 0) await deadBackends(scene, options);
  });
  console.table(rows);
  const against = {
    "ratio to kyma": "Kyma's configuration",
    "same GOGC": "bare with the same GOGC",
    ratio: "bare",
  } as const;
  for (const key of ["ratio to kyma", "same GOGC", "ratio"] as const) {
    const worst = rows.reduce((least, row) => ((row[key] ?? Infinity) < (least[key] ?? Infinity) ? row : least));
    if (worst[key] !== undefined)
      console.log(`gateway ratio to ${against[key]}: ${worst[key].toFixed(2)} (${name(worst)})`);
  }
}

void main();
