import assert from "node:assert/strict";
import fc from "fast-check";
import { recordAttempt, decide, defaultPace, type Attempt, type Knowledge } from "../../../manager/decide";

const done: Attempt = { inputs: "a", outcome: "done", at: 100_000, inRow: 1, corrections: 0 };
const at = (now: number, knowledge: Partial<Knowledge>) => decide({ inputs: "a", last: done, ...knowledge }, now);

describe("the next action of a manager", () => {
  it("is an update at its start, whatever was before", () => {
    assert.deepEqual(at(0, { last: undefined }), { kind: "update", why: "first" });
  });

  it("is to wait for two seconds without a further change, but not for ever", () => {
    const changed = { first: 200_000, last: 200_000 };
    assert.deepEqual(at(200_500, { inputs: "b", changed }), { kind: "wait", until: 202_000 });
    assert.deepEqual(at(202_000, { inputs: "b", changed }), { kind: "update", why: "inputs" });
    const endless = { first: 200_000, last: 214_900 };
    assert.deepEqual(at(215_000, { inputs: "b", changed: endless }), { kind: "update", why: "inputs" });
  });

  it("is none after a change that was undone before the update", () => {
    assert.equal(at(200_000, { changed: { first: 199_000, last: 199_500 } }).kind, "wait");
  });

  it("is never a retry of inputs that were refused or gone back from; other inputs are tried at once", () => {
    for (const outcome of ["refused", "wentBack"] as const) {
      const last: Attempt = { ...done, outcome };
      assert.deepEqual(at(1e12, { last }), { kind: "wait" });
      assert.deepEqual(at(1e12, { last, drift: { at: 1 } }), { kind: "wait" });
      const changed = { first: 200_000, last: 200_000 };
      assert.deepEqual(at(202_000, { last, inputs: "b", changed }), { kind: "update", why: "inputs" });
    }
  });

  it("is a retry after a failure, ever more rarely, up to every ten minutes", () => {
    const waits = [1, 2, 3, 6, 7, 50].map((inRow) => {
      const decision = at(done.at, { last: { ...done, outcome: "failed", inRow } });
      return decision.kind === "wait" && decision.until !== undefined ? decision.until - done.at : undefined;
    });
    assert.deepEqual(waits, [15_000, 30_000, 60_000, 480_000, 600_000, 600_000]);
    assert.deepEqual(at(done.at + 15_000, { last: { ...done, outcome: "failed" } }), { kind: "update", why: "retry" });
  });

  it("is a retry at a constant interval while another update runs", () => {
    const locked: Attempt = { ...done, outcome: "locked", inRow: 40 };
    assert.deepEqual(at(done.at, { last: locked }), { kind: "wait", until: done.at + 15_000 });
  });

  it("is to correct drift soon, and more slowly if somebody undoes each correction", () => {
    assert.deepEqual(at(150_000, { drift: { at: 149_000 } }), { kind: "wait", until: 151_000 });
    assert.deepEqual(at(151_000, { drift: { at: 149_000 } }), { kind: "update", why: "drift" });
    const fought: Attempt = { ...done, corrections: 3 };
    assert.deepEqual(at(110_000, { last: fought, drift: { at: 101_000 } }), { kind: "wait", until: 160_000 });
  });

  it("is an update after an hour without any other reason", () => {
    assert.deepEqual(at(done.at, {}), { kind: "wait", until: done.at + 3_600_000 });
    assert.deepEqual(at(done.at + 3_600_000, {}), { kind: "update", why: "resync" });
  });

  it("depends on the number of updates in a row that end alike, and of corrections that follow each other", () => {
    const failed = recordAttempt(done, { inputs: "a", outcome: "failed", why: "inputs", at: 1 });
    assert.equal(failed.inRow, 1);
    const again = recordAttempt(failed, { inputs: "a", outcome: "failed", why: "retry", at: 2 });
    assert.equal(again.inRow, 2);
    assert.equal(recordAttempt(again, { inputs: "b", outcome: "failed", why: "inputs", at: 3 }).inRow, 1);
    const first = recordAttempt(done, { inputs: "a", outcome: "done", why: "drift", at: done.at + 1 });
    assert.equal(first.corrections, 1);
    const corrections = [9, 11].map(
      (minutes) =>
        recordAttempt(first, { inputs: "a", outcome: "done", why: "drift", at: first.at + minutes * 60_000 })
          .corrections,
    );
    assert.deepEqual(corrections, [2, 1]);
  });

  it("never makes failing updates more frequent than every 15 seconds on average, whatever happens", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("failed", "refused", "wentBack", "locked"), { minLength: 1, maxLength: 30 }),
        (ends) => {
          let last: Attempt | undefined;
          let now = 0;
          let updates = 0;
          for (const outcome of ends) {
            const decision = decide({ inputs: "a", last }, now, defaultPace);
            if (decision.kind === "wait") {
              if (decision.until === undefined) break;
              assert.ok(decision.until > now);
              now = decision.until;
            }
            updates++;
            last = recordAttempt(last, { inputs: "a", outcome, why: "retry", at: now });
          }
          assert.ok(now >= (updates - 1) * defaultPace.firstRetry);
        },
      ),
    );
  });
});
