import { gatewayGcPercent } from "../../components/sizing";
import { alternatives, bare, ours, type Change } from "./gateway/configurations";
import { combinations, readOptions, type Case, type Options } from "./gateway/options";
import { Scene } from "./gateway/scene";
import { compare, ratio, Subject } from "./gateway/subject";
import type { Collector } from "./support/collector";

/**
 * Measures the effect of the gateway's defaults: items per second of CPU time of this project's configuration for one
 * pipeline with one change, compared to the same configuration without it. The options are those of the gateway's
 * measurement, without dead backends.
 */
const unchanged = "as it is";
/** Not a change, but the most that any change could reach. */
const bareOne = "a bare collector with the same garbage collection";

interface Row extends Case {
  readonly change: string;
  /** Items per second of CPU, divided by those without the change: above 1, the change would be cheaper. */
  readonly ratio: number;
  /** Width of the 95 % confidence interval of the ratio, as a part of it. */
  readonly spread: number;
  /** MiB, at the end. */
  readonly memory: number;
}

async function measure(scene: Scene, one: Case, options: Options): Promise<Row[]> {
  const addresses = [scene.sinkAddress(one.protocol)];
  const configured = ours(one.signal, addresses, one);
  const changers: Readonly<Record<string, Change>> = {
    ...alternatives(one),
    [bareOne]: () => bare(one.signal, addresses, one, gatewayGcPercent),
  };
  const changes = [unchanged, ...Object.keys(changers).filter((change) => options.changes.test(change))];
  const name = (change: string): string => `choice-${changes.indexOf(change)}`;
  const collectors = await scene.start(
    Object.fromEntries(changes.map((change) => [name(change), changers[change]?.(configured) ?? configured])),
  );
  const subjects = changes.map(
    (change) => new Subject(scene, collectors.get(name(change)) as Collector, 1, one.signal, one.items),
  );
  const [reference, ...others] = subjects as [Subject, ...Subject[]];
  await compare(
    subjects,
    others.map((other) => [reference, other]),
    options,
  );
  const rows: Row[] = [];
  for (const [i, change] of changes.entries()) {
    const subject = subjects[i] ?? reference;
    const memory = (await collectors.get(name(change))?.memory()) ?? NaN;
    const measured = ratio(subject, reference);
    const row = { change, ...one, ratio: round(measured.ratio), memory: Math.round(memory / 1024 / 1024) };
    rows.push({ ...row, spread: round(measured.spread) });
    console.log(`${one.signal}, ${one.protocol}, ${one.compression}, ${one.items}, ${change}: ${row.ratio}`);
  }
  await scene.stop(changes.map(name));
  return rows;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const rows: Row[] = [];
  await Scene.use(async (scene) => {
    for (const one of combinations(options)) rows.push(...(await measure(scene, one, options)));
  });
  console.table(rows);
}

void main();
