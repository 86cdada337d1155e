import assert from "node:assert/strict";
import { engineTexts, isOnlyFailure, plainText } from "../../../manager/engine-texts";

describe("the texts of the engine", () => {
  for (const [name, { pattern, recorded }] of Object.entries(engineTexts)) {
    it(`have a pattern that fits the recorded line: ${name}`, () => {
      assert.notEqual(recorded.search(pattern), -1);
    });
  }

  it("are a mere failure only without any other word", () => {
    assert.deepEqual(["update failed", "preview failed", "the update failed"].map(isOnlyFailure), [true, true, false]);
  });

  it("lose their marks for colors and nothing else", () => {
    assert.equal(plainText("<{%fg 1%}>error: <{%reset%}>100% of {a} <b>\n"), "error: 100% of {a} <b>");
  });
});
