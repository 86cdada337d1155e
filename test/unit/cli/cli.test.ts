import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../lab/host";
import { tasks } from "../../../cli/tasks";

/** Runs a task as npm does, with an installed Node. */
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", "cli/main.ts", ...args], { encoding: "utf8" });

describe("tasks", () => {
  it("are the npm scripts", () => {
    const file = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
    const { prepack, ...scripts } = file.scripts;
    assert.equal(prepack, scripts.build);
    assert.deepEqual(
      scripts,
      Object.fromEntries(Object.keys(tasks).map((name) => [name, `node cli/bootstrap.mjs ${name}`])),
    );
  });

  it("that take no options reject them", () => {
    const { status, stdout, stderr } = run("cluster:down", "--nodes", "1");
    assert.deepEqual(
      [status, stdout, stderr],
      [1, "", "\nerror: npm run cluster:down takes no options, but got: --nodes 1. Leave them out.\n"],
    );
  });

  it("are listed when the name of a task is unknown", () => {
    const { status, stderr } = run("clusterup");
    assert.equal(status, 2);
    assert.match(stderr, /there is no task "clusterup"[^]*cluster:up +start or repair/);
  });
});
