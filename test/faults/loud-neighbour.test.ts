import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readLateLines, type LateLine } from "../../components/verification/late-lines";
import { JsonBackend, LocalLogAgent, logsPipeline } from "../programs/local-log-agent";
import { eventually, temporaryFolder } from "../unit/helpers/temp";

/** MB that the loud container writes in a second, for so many seconds. */
const rate = Number(process.env.LOUD_RATE ?? 50);
const seconds = Number(process.env.LOUD_SECONDS ?? 120);
const neighbours = 20;
/** Milliseconds between two lines of each neighbour. */
const pace = 100;

const podOf = (name: string): string => `shop_${name}_0b9c0000-0000-4000-8000-00000000000a/server`;

/** A backend that counts how often each line of the neighbours has arrived, and the lines of the loud container. */
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

describe(`a container that writes ${rate} MB in a second`, function () {
  this.timeout((seconds + 300) * 1000);
  const folder = temporaryFolder();
  const backend = new CountingBackend();
  let agent: LocalLogAgent;
  let loud: ChildProcess;

  before(async () => {
    agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())]);
    agent.start();
    await eventually(async () => ((await agent.selfMetrics().catch(() => "")) ? true : undefined), "the log agent");
  });
  after(async () => {
    loud.kill("SIGKILL");
    await agent.stop("SIGKILL");
    backend.close();
  });

  it("takes no line from its neighbours, and is named", async () => {
    const started = Date.now();
    loud = fork(join(__dirname, "loud-container.ts"), [join(folder, "pods", podOf("loud")), `${rate}`, `${seconds}`], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    let bytes = "";
    loud.stdout?.setEncoding("utf8").on("data", (part: string) => (bytes += part));
    const ended = once(loud, "exit");
    const sent: string[] = [];
    let reports: readonly LateLine[] = [];
    for (let n = 0; Date.now() < started + seconds * 1000; n++) {
      for (let i = 0; i < neighbours; i++) {
        const line = `neighbour ${i}:${n}`;
        sent.push(line);
        agent.append(podOf(`quiet-${i}`), `${new Date().toISOString()} stdout F ${line} .\n`);
      }
      // The status lists the late lines of the last minutes only.
      if (n % 100 === 99) {
        const now = readLateLines(agent.warnings().join("\n"), "node-1", Date.now());
        if (now.length > 0) reports = now;
      }
      await sleep(pace);
    }
    await ended;
    const end = Date.now() + 240_000;
    while (backend.arrivals.size < sent.length && Date.now() < end) await sleep(500);
    await sleep(2000);
    const doubled = [...backend.arrivals.values()].filter((times) => times > 1).length;
    const longest = Math.max(0, ...reports.map(({ lag }) => lag));
    console.table([
      { container: "loud", sent: Math.round(Number(bytes) / 1024), received: backend.loud },
      { container: `${neighbours} neighbours`, sent: sent.length, received: backend.arrivals.size, doubled },
    ]);
    console.log(`Longest lag that was reported: ${Math.round(longest)} s, in ${reports.length} reports`);
    assert.deepEqual([sent.filter((line) => !backend.arrivals.has(line)).length, doubled], [0, 0]);
    assert.ok(
      reports.some(({ container }) => container === "shop/loud (server)"),
      "The loud container is not named.",
    );
  });
});
