import assert from "node:assert/strict";
import { misjudgedEdits } from "../../edits/support/read-edits";

/** The edits of `npm run test:edits`, as far as they can be judged without a cluster. `test/programs` reads many more. */
describe("random edits of a configuration, as far as they can be judged by reading", function () {
  this.timeout(60_000);

  it("are accepted if they are good, and refused at their place if they are bad", () => {
    assert.deepEqual(misjudgedEdits(150), []);
  });
});
