import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { withLock } from "../../../lab/host";
import { eventually, temporaryFolder } from "../helpers/temp";

const lock = resolve(__dirname, "../../../lab/host/lock.mjs");

describe("the lock between processes", function () {
  this.timeout("2m");
  const folder = temporaryFolder();
  const holders: ChildProcess[] = [];
  after(() => holders.forEach((holder) => holder.kill("SIGKILL")));

  /** Starts another process that holds the lock until it is killed. Resolves when the process has the lock. */
  async function hold(name: string): Promise<ChildProcess> {
    const taken = join(folder, `taken-${holders.length}`);
    const code = `
      const { writeFileSync } = require("node:fs");
      require(${JSON.stringify(lock)}).withLock(${JSON.stringify(name)}, () => {
        writeFileSync(${JSON.stringify(taken)}, "");
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const holder = spawn(process.execPath, ["-e", code], { stdio: "inherit" });
    holders.push(holder);
    await eventually(() => existsSync(taken) || undefined, "the other process takes the lock");
    return holder;
  }

  it("makes a second process wait, and reports that once", async () => {
    const holder = await hold(`${folder}/wait`);
    let waits = 0;
    let released = false;
    // By then, it has tried again.
    const release = (): void => {
      released = true;
      holder.kill("SIGTERM");
    };
    const result = await withLock(
      `${folder}/wait`,
      () => Promise.resolve(released),
      () => {
        waits += 1;
        setTimeout(release, 500);
      },
    );
    assert.equal(result, true);
    assert.equal(waits, 1);
  });

  it("vanishes with a holder that is killed", async () => {
    const holder = await hold(`${folder}/killed`);
    holder.kill("SIGKILL");
    assert.equal(await withLock(`${folder}/killed`, () => Promise.resolve("mine")), "mine");
  });

  it("is free again after work that failed", async () => {
    await assert.rejects(
      withLock(`${folder}/failed`, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await withLock(`${folder}/failed`, () => Promise.resolve(1)), 1);
  });

  it("does not delay work under another name", async () => {
    await hold(`${folder}/one`);
    const waited = await withLock(
      `${folder}/other`,
      () => Promise.resolve(false),
      () => assert.fail("waits"),
    );
    assert.equal(waited, false);
  });
});
