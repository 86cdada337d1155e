import assert from "node:assert/strict";
import { misjudgedEdits } from "../edits/support/read-edits";

/** The unit test reads fewer edits, because they take as long as hundreds of other tests. */
describe("800 random edits of a configuration, as far as they can be judged by reading", function () {
  this.timeout("5m");

  it("are accepted if they are good, and refused at their place if they are bad", () => {
    assert.deepEqual(misjudgedEdits(800), []);
  });
});
