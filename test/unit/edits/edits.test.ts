import assert from "node:assert/strict";
import { misjudgedEdits } from "../../edits/support/read-edits";

/** The edits of `npm run test:edits`, without a cluster: what can be told by reading. `test/programs` reads many more. */
describe("random edits of a configuration, as far as they can be judged by reading", function () {
  this.timeout(60_000);

  it("are accepted when they are good, and refused at their place when they are not", () => {
    assert.deepEqual(misjudgedEdits(150), []);
  });
});
