import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { memoryLimiter } from "../../components/collector/config";
import { logAgentResources, memoryGoal } from "../../components/sizing";
import { selfMetrics } from "../../components/verification/self-metrics";
import { JsonBackend, LocalLogAgent, logsPipeline } from "../programs/local-log-agent";
import { eventually, temporaryFolder } from "../unit/helpers/temp";

/** Pipelines whose backends accept nothing. */
const dead = Number(process.env.DEAD_PIPELINES ?? 6);
/** Seconds for which the log agent is watched. Its queues are full after about 20. */
const seconds = Number(process.env.DEAD_SECONDS ?? 60);
/** MB of lines that wait for each dead backend: much more than a queue of this test takes. */
const waiting = 200;
const queueBytes = 64 * 1024 * 1024;

/** A backend that accepts data of the path `/live` only, and knows its lines. */
class PartlyDead extends JsonBackend {
  readonly lines = new Set<string>();

  protected take(path: string, body: string): number {
    if (path !== "/live") return 503;
    for (const [line] of body.matchAll(/live:\d+/g)) this.lines.add(line);
    return 200;
  }
}

const podOf = (namespace: string): string => `${namespace}_web-1_0b9c0000-0000-4000-8000-00000000000a/server`;
const line = (text: string): string => `${new Date().toISOString()} stdout F ${text}\n`;

/** JSON of 600 fields, which takes several times as much memory as its 13 KB. */
const large = line(JSON.stringify(Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`field-${i}`, `${i}`]))));

describe(`${dead} of ${dead + 1} backends that accept no container logs`, function () {
  this.timeout((seconds + 90) * 1000);
  const folder = temporaryFolder();
  const backend = new PartlyDead();
  const { memoryLimit } = logAgentResources(dead + 1);
  let agent: LocalLogAgent;

  before(async () => {
    const address = await backend.listen();
    const names = [...Array.from({ length: dead }, (_, i) => `dead-${i}`), "live"];
    const served = names.map((name) => logsPipeline(name, address, { namespaces: { include: [name] } }));
    agent = new LocalLogAgent(folder, served, { diskQueueBytes: queueBytes });
    const part = large.repeat(100);
    for (const name of names.slice(0, dead))
      for (let written = 0; written < waiting * 1e6; written += part.length) agent.append(podOf(name), part);
    process.env.GOMEMLIMIT = `${Math.floor(memoryLimit * memoryGoal)}`;
    agent.start();
    await agent.ready();
  });
  after(async () => {
    delete process.env.GOMEMLIMIT;
    await agent.stop("SIGKILL");
    backend.close();
  });

  it("leave memory for the other one, whose lines arrive at once", async () => {
    const refusedFrom = (memoryLimit * (memoryLimiter.limit_percentage - memoryLimiter.spike_limit_percentage)) / 100;
    let heap = 0;
    let late = 0;
    let sent = 0;
    for (const end = Date.now() + seconds * 1000; Date.now() < end; sent++) {
      agent.append(podOf("live"), line(`live:${sent}`));
      if (sent % 5 === 0) heap = Math.max(heap, await heapOf(agent));
      await sleep(100);
      late = Math.max(late, sent - backend.lines.size);
    }
    await eventually(() => (backend.lines.size === sent ? true : undefined), "the lines of the living pipeline");
    const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
    console.log(
      `heap of at most ${mebibytes(heap)}; from ${mebibytes(refusedFrom)} on, data is refused; limit ` +
        `${mebibytes(memoryLimit)}; ${sent} living lines, at most ${late} of them on their way`,
    );
    assert.ok(heap > 0 && heap < refusedFrom, mebibytes(heap));
    assert.ok(late < 100, `${late} lines of the living pipeline waited`);
  });
});

async function heapOf(agent: LocalLogAgent): Promise<number> {
  const metrics = selfMetrics(await agent.selfMetrics());
  return metrics.find(({ name }) => name === "otelcol_process_runtime_heap_alloc_bytes")?.value ?? 0;
}
