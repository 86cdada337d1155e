import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readLateLines, type LateLine } from "../../components/verification/late-lines";
import { JsonBackend, LocalLogAgent, logsPipeline } from "../programs/local-log-agent";
import { temporaryFolder } from "../unit/helpers/temp";

/** MB that each loud container writes in a second, for so many seconds. */
const rate = Number(process.env.LOUD_RATE ?? 50);
const seconds = Number(process.env.LOUD_SECONDS ?? 120);
const louds = Array.from({ length: Number(process.env.LOUD_CONTAINERS ?? 1) }, (_, i) => `loud-${i}`);
const neighbours = 20;
/** Milliseconds between two lines of each neighbour. */
const pace = 100;

const podOf = (name: string): string => `shop_${name}_0b9c0000-0000-4000-8000-00000000000a/server`;

/** A backend that counts how often each line of the neighbours has arrived, and the lines of the loud containers. */
class CountingBackend extends JsonBackend {
  readonly arrivals = new Map<string, number>();
  loud = 0;

  protected take(_path: string, body: string): number {
    for (const [line] of body.matchAll(/neighbour \d+:\d+/g))
      this.arrivals.set(line, (this.arrivals.get(line) ?? 0) + 1);
    this.loud += body.split('"noise ').length - 1;
    return 200;
  }
}

describe(`${louds.length} container(s) with ${rate} MB in a second each`, function () {
  this.timeout((seconds + 300) * 1000);
  const folder = temporaryFolder();
  const backend = new CountingBackend();
  let agent: LocalLogAgent;
  const writers: ChildProcess[] = [];

  before(async () => {
    agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())]);
    agent.start();
    await agent.ready();
  });
  after(async () => {
    for (const writer of writers) writer.kill("SIGKILL");
    await agent.stop("SIGKILL");
    backend.close();
  });

  /** Starts a loud container. The result has the bytes that it has written at its end. */
  const makeNoise = async (name: string): Promise<number> => {
    const writer = fork(
      join(__dirname, "loud-container.ts"),
      [join(folder, "pods", podOf(name)), `${rate}`, `${seconds}`],
      { execArgv: ["--import", "tsx"], stdio: ["ignore", "pipe", "inherit", "ipc"] },
    );
    writers.push(writer);
    let bytes = "";
    writer.stdout?.setEncoding("utf8").on("data", (part: string) => (bytes += part));
    await once(writer, "exit");
    return Number(bytes);
  };

  it("take no line from their neighbours, and are named", async () => {
    const started = Date.now();
    const noise = Promise.all(louds.map(makeNoise));
    const sent: string[] = [];
    const reports: LateLine[] = [];
    for (let n = 0; Date.now() < started + seconds * 1000; n++) {
      for (let i = 0; i < neighbours; i++) {
        const line = `neighbour ${i}:${n}`;
        sent.push(line);
        agent.append(podOf(`quiet-${i}`), `${new Date().toISOString()} stdout F ${line} .\n`);
      }
      // The status lists the late lines of the last minutes only.
      if (n % 100 === 99) reports.push(...readLateLines(agent.warnings().join("\n"), "node-1", Date.now()));
      await sleep(pace);
    }
    const bytes = (await noise).reduce((sum, one) => sum + one, 0);
    const end = Date.now() + 240_000;
    while (backend.arrivals.size < sent.length && Date.now() < end) await sleep(500);
    await sleep(2000);
    const doubled = [...backend.arrivals.values()].filter((times) => times > 1).length;
    const longest = Math.max(0, ...reports.map(({ lag }) => lag));
    console.table([
      { container: louds.join(), sent: Math.round(bytes / 1024), received: backend.loud },
      { container: `${neighbours} neighbours`, sent: sent.length, received: backend.arrivals.size, doubled },
    ]);
    const named = [...new Set(reports.map(({ container }) => container))].sort();
    console.log(`Longest lag that was reported: ${Math.round(longest)} s, of ${named.join(", ")}`);
    assert.deepEqual([sent.filter((line) => !backend.arrivals.has(line)).length, doubled], [0, 0]);
    const missing = louds.map((name) => `shop/${name} (server)`).filter((container) => !named.includes(container));
    assert.deepEqual(missing, [], "These loud containers are not named.");
  });
});
