import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { Stack } from "./support/stack";

const root = join(__dirname, "../..");
const run = promisify(execFile);

describe("a checkout with the dependencies of production alone", function () {
  this.timeout("15m");
  const checkout = mkdtempSync(join(tmpdir(), "telemetry-production-"));

  before(async () => {
    const { stdout } = await run("git", ["ls-files"], { cwd: root, maxBuffer: 16 * 1024 * 1024 });
    for (const file of stdout.split("\n").filter((one) => one !== "" && existsSync(join(root, one)))) {
      mkdirSync(dirname(join(checkout, file)), { recursive: true });
      cpSync(join(root, file), join(checkout, file));
    }
    const options = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", ["ci", ...options], { cwd: checkout, maxBuffer: 16 * 1024 * 1024 });
  });
  after(() => rmSync(checkout, { recursive: true, force: true }));

  it("lacks the packages that only tests need", () => {
    assert.equal(existsSync(join(checkout, "node_modules/mocha")), false);
    assert.equal(existsSync(join(checkout, "node_modules/eslint")), false);
  });

  it("brings the development stack up, to the proof at the end, and down", async () => {
    const { config } = parse(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const settings = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace(/^telemetry:/, ""), value]),
    );
    const stack = new Stack({ ...settings, development: { backend: true } }, checkout, "telemetry");
    try {
      await stack.create();
      const preview = await stack.preview();
      assert.equal(preview.code, 0, preview.output);
      const output = await stack.up();
      assert.match(output, /metricPipelines\/development +ok +ok +ok +(?:-|ok|NothingPushed|InputsPending) +ok +ok/);
      await stack.destroy();
    } finally {
      stack.dispose();
    }
  });
});
