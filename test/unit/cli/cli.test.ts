import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** Runs a task as npm does, once Node is there. */
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", "cli/main.ts", ...args], { encoding: "utf8" });

describe("tasks", () => {
  it("that take no options reject them", () => {
    const { status, stdout, stderr } = run("cluster:up", "--nodes", "1");
    assert.deepEqual(
      [status, stdout, stderr],
      [1, "", "\nerror: npm run cluster:up takes no options, but got: --nodes 1. Leave them out.\n"],
    );
  });

  it("are listed when the name of a task is unknown", () => {
    const { status, stderr } = run("clusterup");
    assert.equal(status, 2);
    assert.match(stderr, /there is no task "clusterup"[^]*cluster:up +start or repair/);
  });
});
