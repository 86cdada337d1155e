import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Engine } from "../../../manager/engine";

describe("the engine of a manager", () => {
  let folder: string;
  const path = process.env.PATH;
  const check = (stack: string): Promise<void> =>
    new Engine({ project: folder, stack, findingsFile: join(folder, "findings"), log: () => undefined }).check();

  /** Stands in for pulumi with one stack, `prod`: it notes its arguments, and proves nothing about a real one. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "engine-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: telemetry\nruntime: nodejs\n");
    const script = `#!/bin/sh
case "$*" in
  version*) echo v3.276.0; exit;;
esac
echo "$*" >> ${folder}/calls
case "$*" in
  *prod*) ;;
  *denied*) echo "error: access denied" >&2; exit 1;;
  *) echo "error: no stack named 'prdo' found" >&2; exit 6;;
esac
`;
    writeFileSync(join(folder, "pulumi"), script);
    chmodSync(join(folder, "pulumi"), 0o755);
    process.env.PATH = [folder, path].join(delimiter);
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it("leaves the stack that is selected in the project's folder", async () => {
    await check("prod");
    assert.equal(readFileSync(join(folder, "calls"), "utf8"), "stack --show-name --stack prod --non-interactive\n");
  });

  it("needs a stack that exists", async () => {
    await assert.rejects(check("prdo"), {
      message: "There is no stack prdo. Make it first: npm run stack -- init prdo",
    });
    await assert.rejects(check("denied"), { message: "error: access denied" });
  });
});
