import assert from "node:assert/strict";
import { editsOptions } from "../../tasks/edits";

describe("the options of `npm run test:edits`", () => {
  it("are variables of the tests", () => {
    assert.deepEqual(editsOptions(["--seed", "5", "--edits=7"]), { EDITS_SEED: "5", EDITS_EDITS: "7" });
    assert.deepEqual(editsOptions([]), {});
  });

  it("are rejected when they are wrong", () => {
    for (const args of [["--seed", "x"], ["--edit", "5"], ["--from"], ["5"]]) {
      assert.throws(() => editsOptions(args), /The options are: -- --seed N --edits N --from N/);
    }
  });
});
