import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalLogAgent, LogBackend, logsPipeline } from "../programs/local-log-agent";
import { temporaryFolder } from "../unit/helpers/temp";

const pod = "shop_web-1_0b9c0000-0000-4000-8000-00000000000a";
const one = `${pod}/server`;

const line = (text: string): string => `${new Date().toISOString().replace("Z", "000000Z")} stdout F ${text}\n`;

/** Waits for records, and returns whether all arrived. */
async function all(
  backend: LogBackend,
  path: string,
  lines: number,
  seconds = 25,
  which: "received" | "offered" = "received",
): Promise<Set<unknown>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const bodies = new Set(backend[which].filter((record) => record.path === `/${path}`).map(({ body }) => body));
    if (bodies.size >= lines || Date.now() > end) return bodies;
    await sleep(50);
  }
}

/** Counts the lines of each file that arrived, and those that arrived more than once. Lines are `FILE:NUMBER`, and more. */
function countByFile(backend: LogBackend): {
  readonly lines: Readonly<Record<string, number>>;
  readonly twice: number;
} {
  const ids = backend.received.map(({ body }) => String(body).split(" ")[0] ?? "");
  const lines: Record<string, number> = {};
  for (const [file = ""] of [...new Set(ids)].map((id) => id.split(":"))) lines[file] = (lines[file] ?? 0) + 1;
  return { lines, twice: ids.length - new Set(ids).size };
}

describe("lines of containers on their way to a backend", function () {
  this.timeout(120_000);
  const backends: LogBackend[] = [];
  const agents: LocalLogAgent[] = [];
  const made = async (): Promise<readonly [LogBackend, string]> => {
    const backend = new LogBackend();
    backends.push(backend);
    return [backend, await backend.listen()];
  };
  const started = (...given: ConstructorParameters<typeof LocalLogAgent>): LocalLogAgent => {
    const agent = new LocalLogAgent(...given);
    agents.push(agent);
    agent.start();
    return agent;
  };
  const folders = Array.from({ length: 9 }, temporaryFolder);
  const folder = (): string => folders.pop() ?? assert.fail("too few folders");
  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.stop("SIGKILL")));
    for (const backend of backends.splice(0)) backend.close();
  });

  it("survive a log agent that is killed again and again while they are written", async () => {
    const [backend, address] = await made();
    const agent = started(folder(), [logsPipeline("a", address)]);
    let written = 0;
    for (let round = 0; round < 6; round++) {
      const end = Date.now() + 1500 + 137 * round;
      while (Date.now() < end) {
        for (let i = 0; i < 20; i++) agent.append(one, line(`line ${written++}`));
        await sleep(7);
      }
      await agent.stop("SIGKILL");
      agent.append(one, line(`line ${written++}`));
      agent.start();
    }
    const bodies = await all(backend, "a", written);
    assert.equal(bodies.size, written);
  });

  it("arrive once after a restart in order", async () => {
    const [backend, address] = await made();
    const agent = started(folder(), [logsPipeline("a", address)]);
    let written = 0;
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 500; i++) agent.append(one, line(`line ${written++}`));
      await all(backend, "a", written - 250);
      await agent.stop("SIGTERM");
      for (let i = 0; i < 100; i++) agent.append(one, line(`line ${written++}`));
      agent.start();
    }
    assert.equal((await all(backend, "a", written)).size, written);
    await sleep(1500);
    assert.equal(backend.received.length, written);
  });

  it("wait on the disk for a backend, also while the log agent restarts", async () => {
    const [backend, address] = await made();
    backend.status = 503;
    const agent = started(folder(), [logsPipeline("a", address), logsPipeline("b", address)]);
    for (let i = 0; i < 1000; i++) agent.append(one, line(`line ${i}`));
    for (const name of ["a", "b"]) assert.equal((await all(backend, name, 1000, 25, "offered")).size, 1000);
    await agent.stop("SIGKILL");
    // The files are gone by now, as after a rotation.
    writeFileSync(join(agent.folder, "pods", one, "0.log"), "");
    agent.start();
    await sleep(2000);
    backend.status = 200;
    assert.equal((await all(backend, "a", 1000, 40)).size, 1000);
    assert.equal((await all(backend, "b", 1000, 40)).size, 1000);
  });

  it("of a pipeline whose queue is full do not stop the others", async () => {
    const [good, goodAddress] = await made();
    const [dead, deadAddress] = await made();
    dead.status = 503;
    const agent = started(folder(), [logsPipeline("good", goodAddress), logsPipeline("dead", deadAddress)], {
      diskQueueBytes: 2 * 1024 * 1024,
    });
    const text = "x".repeat(1000);
    let written = 0;
    for (let round = 0; round < 60; round++) {
      for (let i = 0; i < 200; i++) agent.append(one, line(`${written++} ${text}`));
      await sleep(50);
    }
    assert.equal((await all(good, "good", written, 40)).size, written);
    assert.equal(good.received.length, written);
    dead.status = 200;
    assert.equal((await all(dead, "dead", written, 60)).size, written);
  });

  it("wait in their files while the only queue is full", async () => {
    const [backend, address] = await made();
    backend.status = 503;
    const agent = started(folder(), [logsPipeline("a", address)], { diskQueueBytes: 2 * 1024 * 1024 });
    const text = "x".repeat(1000);
    const written = 12_000;
    for (let i = 0; i < written; i++) agent.append(one, line(`${i} ${text}`));
    await sleep(4000);
    backend.status = 200;
    assert.equal((await all(backend, "a", written, 60)).size, written);
  });

  it("of a quiet container are not delayed by a neighbour that writes as fast as it can", async () => {
    const [backend, address] = await made();
    const agent = started(folder(), [logsPipeline("a", address), logsPipeline("b", address)], {
      diskQueueBytes: 16 * 1024 * 1024,
    });
    const noise = line("noise ".repeat(100)).repeat(2000);
    const end = Date.now() + 8000;
    let written = 0;
    for (let round = 0; Date.now() < end; round++) {
      agent.append(`${pod}/noisy`, noise, "0.log");
      agent.append(one, line(`quiet ${written++}`));
      if (round % 20 === 19) agent.rotate(`${pod}/noisy`);
      await sleep(20);
    }
    const isQuiet = (body: unknown): boolean => String(body).startsWith("quiet ");
    for (const name of ["a", "b"]) {
      const until = Date.now() + 60_000;
      const quiet = (): number =>
        backend.received.filter(({ path, body }) => path === `/${name}` && isQuiet(body)).length;
      while (quiet() < written && Date.now() < until) await sleep(200);
      assert.equal(quiet(), written);
    }
  });

  it("are read once through rotations", async () => {
    const [backend, address] = await made();
    const agent = started(folder(), [logsPipeline("a", address)]);
    let written = 0;
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 300; i++) agent.append(one, line(`line ${written++}`));
      agent.rotate(one);
      // The kubelet compresses a file with the next rotation, ten seconds later at the earliest.
      await all(backend, "a", written);
    }
    assert.equal((await all(backend, "a", written)).size, written);
    await sleep(1500);
    assert.equal(backend.received.length, written);
  });

  /** Writes lines to the file of a container after a number of rotations. */
  const writeFile = (agent: LocalLogAgent, file: number, count: number, text = ""): void => {
    agent.append(one, Array.from({ length: count }, (_, i) => line(`${file}:${i} ${text}`)).join(""));
  };

  it("of compressed files are lost after the log agent was down over rotations, all others arrive once", async () => {
    const [backend, address] = await made();
    const agent = started(folder(), [logsPipeline("a", address)]);
    writeFile(agent, 0, 250);
    await all(backend, "a", 250);
    await agent.stop("SIGTERM");
    writeFile(agent, 0, 250);
    for (let file = 1; file <= 3; file++) {
      agent.rotate(one);
      writeFile(agent, file, 500);
    }
    agent.start();
    await all(backend, "a", 1250);
    await sleep(2500);
    assert.deepEqual(countByFile(backend), { lines: { 0: 250, 2: 500, 3: 500 }, twice: 0 });
  });

  it("of files that were compressed while the queue was full are lost, all others arrive once", async () => {
    const [backend, address] = await made();
    backend.status = 503;
    const agent = started(folder(), [logsPipeline("a", address)], { diskQueueBytes: 2 * 1024 * 1024 });
    const text = "x".repeat(1000);
    writeFile(agent, 0, 6000, text);
    // The queue is full by now, and the file is open.
    await all(backend, "a", 1000, 25, "offered");
    await sleep(4000);
    for (let file = 1; file <= 4; file++) {
      agent.rotate(one);
      writeFile(agent, file, 1000, text);
    }
    backend.status = 200;
    await all(backend, "a", 8000, 60);
    await sleep(2500);
    assert.deepEqual(countByFile(backend), { lines: { 0: 6000, 3: 1000, 4: 1000 }, twice: 0 });
  });
});
