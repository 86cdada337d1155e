import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { JsonBackend, LocalLogAgent, logsPipeline } from "../programs/local-log-agent";
import { temporaryFolder } from "../unit/helpers/temp";

const setting = (name: string, usual: number): number => Number(process.env[name] ?? usual);

/**
 * Containers, the lines that each writes in a second, the seconds of each fault and those of an outage of the backend.
 * LOG_RATE=100 is the load of a busy node.
 */
const containers = setting("LOG_CONTAINERS", 200);
const rate = setting("LOG_RATE", 10);
const seconds = setting("LOG_SECONDS", 5);
const outage = setting("LOG_OUTAGE", seconds);
/** Seconds in which the lines of a fault must arrive. */
const patience = setting("LOG_PATIENCE", 120);

const container = (i: number): string => `shop_web-${i}_0b9c0000-0000-4000-8000-${String(i).padStart(12, "0")}/server`;
const text = "the order of a customer was paid and is sent to the warehouse";

/** Lines of a container in all faults together. */
const mostLines = (6 * seconds + outage) * rate;

/** A backend that counts how often each line has arrived, and keeps nothing else. */
class CountingBackend extends JsonBackend {
  /** Whether it accepts requests. */
  isThere = true;
  /** The number of arrivals of each line, by container and line: bytes, because an outage has millions of lines. */
  readonly arrivals = Array.from({ length: containers }, () => new Uint8Array(mostLines));

  protected take(_path: string, body: string): number {
    if (!this.isThere) return 503;
    this.count(body);
    return 200;
  }

  private count(request: string): void {
    for (const [, i, n] of request.matchAll(/"line (\d+):(\d+) /g)) {
      const lines = this.arrivals[Number(i)] ?? assert.fail(`container ${i}`);
      lines[Number(n)] = (lines[Number(n)] ?? assert.fail(`line ${n}`)) + 1;
    }
  }
}

interface Row {
  readonly fault: string;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly doubled: number;
}

describe(`every line of ${containers} containers`, function () {
  this.timeout((outage + seconds + patience + 60) * 1000);
  const folder = temporaryFolder();
  const backend = new CountingBackend();
  const rows: Row[] = [];
  let agent: LocalLogAgent;
  let written = 0;
  /** The file of each container. */
  let file = "0.log";

  before(async () => {
    agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())]);
    agent.start();
  });
  after(async () => {
    await agent.stop("SIGKILL");
    backend.close();
    console.table(rows);
  });

  /**
   * Writes lines for all containers, starts a fault in the middle, and counts the lines when all have arrived or the time is
   * over. A fault that lasts has its own number of seconds.
   */
  async function count(fault: string, act: () => Promise<void>, lasting = 0): Promise<Row> {
    const first = written;
    const steps = (seconds + lasting) * 5;
    let acting: Promise<void> | undefined;
    for (let step = 0; step < steps; step++) {
      const until = first + Math.round(((step + 1) * rate) / 5);
      for (let i = 0; i < containers; i++) write(i, written, until);
      written = until;
      if (step === (seconds * 5) >> 1) acting = act();
      await sleep(200);
    }
    await acting;
    const sent = (written - first) * containers;
    const arrived = (least: number): number =>
      backend.arrivals.reduce((sum, lines) => sum + lines.subarray(first, written).filter((n) => n >= least).length, 0);
    const end = Date.now() + patience * 1000;
    while (arrived(1) < sent && Date.now() < end) await sleep(1000);
    // Repeated lines come with the next requests.
    await sleep(2000);
    const received = arrived(1);
    const row = { fault, sent, received, lost: sent - received, doubled: arrived(2) };
    rows.push(row);
    return row;
  }

  function write(i: number, from: number, until: number): void {
    const start = `${new Date().toISOString().replace("Z", "000000Z")} stdout F line ${i}:`;
    let lines = "";
    for (let n = from; n < until; n++) lines += `${start}${n} ${text}\n`;
    agent.append(container(i), lines, file);
  }

  const arrivedOnce = (row: Row): void => {
    assert.deepEqual([row.lost, row.doubled], [0, 0]);
  };

  it("arrives once without a fault", async () => arrivedOnce(await count("none", () => Promise.resolve())));

  it("arrives once when all files are rotated", async () =>
    arrivedOnce(
      await count("rotation", () => {
        for (let i = 0; i < containers; i++) agent.rotate(container(i));
        return Promise.resolve();
      }),
    ));

  it("arrives once when the backend is away", async () => {
    const away = async (): Promise<void> => {
      backend.isThere = false;
      await sleep(outage * 1000);
      backend.isThere = true;
    };
    arrivedOnce(await count("backend away", away, outage));
  });

  it("arrives once when the log agent is restarted", async () =>
    arrivedOnce(
      await count("restart", async () => {
        await agent.stop("SIGTERM");
        agent.start();
      }),
    ));

  it("arrives when the log agent is killed, some of the last moment twice", async () => {
    const { lost } = await count("kill", async () => {
      await agent.stop("SIGKILL");
      agent.start();
    });
    assert.equal(lost, 0);
  });

  it("arrives when the node restarts, and with it the log agent and all containers", async () => {
    const { lost } = await count("node restart", async () => {
      await agent.stop("SIGKILL");
      file = "1.log";
      agent.start();
    });
    assert.equal(lost, 0);
  });
});
