import assert from "node:assert/strict";
import { leaseTimes } from "../../../manager/lease";

describe("the lease of a manager", () => {
  it("is renewed before it is given up, and given up before somebody else takes it", () => {
    const { renewEvery, giveUpAfter, duration } = leaseTimes;
    assert.ok(renewEvery < giveUpAfter, "one that fails to renew it once would end");
    assert.ok(giveUpAfter < duration, "two would act at once");
  });
});
