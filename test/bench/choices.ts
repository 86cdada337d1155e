import type { Signal } from "../e2e/support/backends";
import { alternatives, ours } from "./gateway/configurations";
import { combinations, readOptions, type Options, type Way } from "./gateway/options";
import { Scene } from "./gateway/scene";
import { compare, Subject } from "./gateway/subject";
import type { Collector } from "./support/collector";

/**
 * What the gateway's defaults are worth: items per second of CPU time of what this project makes of one pipeline with
 * one thing changed, against the same as it is. The options are those of the gateway's measurement; what it does with
 * dead backends is left out.
 */
const unchanged = "as it is";

interface Row extends Way {
  readonly change: string;
  readonly signal: Signal;
  /** Of items per second of CPU to those without the change: above 1, the change would be cheaper. */
  readonly ratio: number;
  /** MiB, at the end. */
  readonly memory: number;
}

async function measure(scene: Scene, signal: Signal, way: Way, options: Options): Promise<Row[]> {
  const configured = ours(signal, [scene.sinkAddress(way.protocol)], way);
  const changers = alternatives(way);
  const changes = [unchanged, ...Object.keys(changers)];
  const name = (change: string): string => `choice-${changes.indexOf(change)}`;
  const collectors = await scene.start(
    Object.fromEntries(changes.map((change) => [name(change), changers[change]?.(configured) ?? configured])),
  );
  const subjects = new Map(
    changes.map((change) => [change, new Subject(scene, collectors.get(name(change)) as Collector, 1)]),
  );
  await compare([...subjects.values()], signal, options);
  const speed = (change: string): number => subjects.get(change)?.itemsPerCpuSecond ?? NaN;
  const rows: Row[] = [];
  for (const change of changes) {
    const memory = (await collectors.get(name(change))?.memory()) ?? NaN;
    const ratio = Number((speed(change) / speed(unchanged)).toFixed(2));
    rows.push({ change, signal, ...way, ratio, memory: Math.round(memory / 1024 / 1024) });
    console.log(`${signal}, ${way.protocol}, ${way.compression}, ${change}: ${ratio}`);
  }
  await scene.stop(changes.map(name));
  return rows;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const rows: Row[] = [];
  await Scene.use(options.items, async (scene) => {
    for (const [signal, way] of combinations(options)) {
      rows.push(...(await measure(scene, signal, way, options)));
    }
  });
  console.table(rows);
}

void main();
