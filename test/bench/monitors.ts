import { setTimeout as sleep } from "node:timers/promises";
import { readOptions, type Options } from "./monitors/options";
import { Scene } from "./monitors/scene";
import { cpu } from "./support/collector";

/**
 * The costs of monitors of the Prometheus Operator: bytes of the configuration, seconds to plan it, and memory, CPU and
 * requests to the API server of the collector on one node. The collector is the real one; the API server and the targets
 * are simulated.
 */
const mebibyte = 1024 * 1024;

interface Row {
  readonly monitors: number;
  /** Targets on the node. */
  readonly "own targets": number;
  readonly "configuration KiB": number;
  readonly "plan s": number;
  /** Seconds from the start until each target of the node was scraped once. */
  readonly "first scrape s": number;
  /** CPU in these seconds. */
  readonly "start CPU s": number;
  /** Most memory of the process. */
  readonly "peak MiB": number;
  /** CPU in cores, while nothing changes. */
  readonly cores: number;
  /** CPU in cores, while one EndpointSlice of the cluster changes each second. */
  readonly "cores, changing": number;
  readonly watches: string;
}

async function measure(monitors: number, options: Options): Promise<Row> {
  const start = Date.now();
  const scene = await Scene.start(monitors, options);
  const { collector, own, bytes, planSeconds, apiServer } = scene;
  try {
    let peak = 0;
    const look = async (): Promise<void> => void (peak = Math.max(peak, await collector.memory()));
    const deadline = Date.now() + (options.interval * 3 + 600) * 1000;
    while (scene.asked < own) {
      if (Date.now() > deadline) throw new Error(`only ${scene.asked} of ${own} targets were asked`);
      await look();
      await sleep(500);
    }
    const [seconds, startCpu] = [(Date.now() - start) / 1000, (await collector.read())(cpu)];
    const cores = async (): Promise<number> => {
      const before = await collector.cpuSeconds();
      for (let i = 0; i < options.seconds; i += 5) {
        await sleep(5000);
        await look();
      }
      return ((await collector.cpuSeconds()) - before) / options.seconds;
    };
    const quiet = await cores();
    const stopChanging = scene.keepChanging();
    const changing = await cores();
    stopChanging();
    if (scene.asked > own) throw new Error(`${scene.asked} targets were asked, of which ${own} are on the node`);
    return {
      monitors,
      "own targets": own,
      "configuration KiB": Math.round(bytes / 1024),
      "plan s": round(planSeconds, 2),
      "first scrape s": round(seconds, 1),
      "start CPU s": round(startCpu, 1),
      "peak MiB": Math.round(peak / mebibyte),
      cores: round(quiet, 3),
      "cores, changing": round(changing, 3),
      watches: watches(apiServer.requests),
    };
  } catch (error) {
    console.error(scene.log.slice(-4000));
    throw error;
  } finally {
    await scene.stop();
  }
}

/** Returns the number of watches of each kind. */
function watches(requests: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const request of requests.filter((one) => one.startsWith("watch "))) {
    const kind = request.slice("watch ".length);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .map(([kind, count]) => `${count} ${kind}`)
    .sort()
    .join(", ");
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const { targets, nodes, interval } = options;
  console.log(`${targets} targets on ${nodes} nodes, scraped every ${interval} s`);
  const rows: Row[] = [];
  for (const monitors of options.sizes) {
    const row = await measure(monitors, options);
    console.log(`${monitors} monitors: ${row["configuration KiB"]} KiB, ${row["peak MiB"]} MiB, ${row.watches}`);
    rows.push(row);
  }
  console.table(rows);
}

void main();
