import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInputs } from "../../../manager/stack-inputs";
import { updateWithWayBack } from "../../../cli/way-back";

describe("an update that fails", () => {
  let folder: string;
  const calls: string[][] = [];
  /** The engine's summary at the end of an update, or of the preview before it. */
  let summary: object;
  const update = async (settings: string, goBack: boolean, ...codes: number[]): Promise<number> => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), settings);
    const inputs = readInputs({ folder, stack: "prod" });
    return updateWithWayBack({ inputs, kept: join(folder, "kept"), goBack }, (...more) => {
      const log = more.indexOf("--event-log");
      if (log >= 0) {
        const events = [{ preludeEvent: {} }, { summaryEvent: summary }, { cancelEvent: {} }];
        writeFileSync(more.splice(log, 2)[1] ?? "", events.map((event) => `${JSON.stringify(event)}\n`).join(""));
      }
      calls.push(more);
      return Promise.resolve(codes.shift() ?? 0);
    });
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "way-back-"));
    calls.length = 0;
    summary = { isPreview: false, resourceChanges: { same: 12, update: 1 } };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is undone by the settings of the last good update, if that is wanted, and still counts as a failure", async () => {
    assert.equal(await update("config: { a: 1 }\n", false, 0), 0);
    assert.equal(await update("config: { a: 2 }\n", true, 255, 0), 255);
    const [, , [option, file = ""] = []] = calls;
    assert.equal(option, "--config-file");
    assert.equal(readFileSync(file, "utf8"), "config: { a: 1 }\n");
  });

  it("is left as it is if the user does not want to go back, or no other inputs were good", async () => {
    assert.equal(await update("config: { a: 1 }\n", true, 255), 255);
    await update("config: { a: 1 }\n", true, 0);
    assert.equal(await update("config: { a: 1 }\n", true, 255), 255);
    assert.equal(await update("config: { a: 2 }\n", false, 255), 255);
    assert.deepEqual(calls, [[], [], [], []]);
  });

  it("is left as it is if it has changed nothing, or was only a preview", async () => {
    await update("config: { a: 1 }\n", false, 0);
    for (const nothing of [
      { isPreview: true, resourceChanges: { same: 12, update: 1 } },
      { isPreview: false, resourceChanges: { same: 12 } },
    ]) {
      summary = nothing;
      calls.length = 0;
      assert.equal(await update("config: { a: 2 }\n", true, 255), 255);
      assert.deepEqual(calls, [[]]);
    }
  });

  it("does not replace the last good inputs", async () => {
    await update("config: { a: 1 }\n", false, 0);
    await update("config: { a: 2 }\n", true, 255, 0);
    await update("config: { a: 3 }\n", true, 255, 0);
    assert.equal(readFileSync(calls.at(-1)?.[1] ?? "", "utf8"), "config: { a: 1 }\n");
  });
});
