import assert from "node:assert/strict";
import { goTestOutcome } from "../../runner/go";
import { mochaOutcome, parseCounts } from "../../runner/mocha";
import { failuresOf } from "../../runner/steps";

const counts =
  (passed: number, ...failures: string[]) =>
  () =>
    JSON.stringify({ passed, failed: failures.length, failures });

describe("the counts of mocha", () => {
  it("are those that its reporter wrote", () => {
    assert.deepEqual(mochaOutcome(0, "text", counts(3)), { passed: 3, failed: 0, failures: [], output: "text" });
    const failures = ["a cat barks", "a dog meows"];
    assert.deepEqual(mochaOutcome(2, "", counts(3, ...failures)), { passed: 3, failed: 2, failures, output: "" });
  });

  it("have a failure when it broke off", () => {
    const missing = (): string => {
      throw new Error("no such file");
    };
    assert.deepEqual(mochaOutcome(1, "", missing), { passed: 0, failed: 1, failures: [], output: "" });
    assert.deepEqual(mochaOutcome(7, "", counts(3)), { passed: 3, failed: 1, failures: [], output: "" });
  });

  it("have a failure when no test ran", () => {
    assert.deepEqual(mochaOutcome(0, "", counts(0)), { passed: 0, failed: 1, failures: [], output: "" });
  });

  it("are numbers", () => {
    assert.throws(() => parseCounts(`{"passed":"3","failed":0}`), /no counts/);
    assert.throws(() => parseCounts(`{"passed":3}`), /no counts/);
  });
});

describe("the failures of a step", () => {
  it("are listed with its name, and those without a name as a number", () => {
    const outcome = { passed: 1, failed: 3, output: "" };
    assert.deepEqual(failuresOf({ name: "animals" }, { ...outcome, failures: ["a cat barks"] }), [
      "animals: a cat barks",
      "animals: 2 without a name",
    ]);
    assert.deepEqual(failuresOf({ name: "plants" }, { ...outcome, failed: 0 }), []);
  });
});

describe("the counts of go test", () => {
  const events = (...list: object[]): string => list.map((event) => JSON.stringify(event)).join("\n");

  it("are of tests, not of their parts or packages", () => {
    const stdout = events(
      { Action: "pass", Package: "a", Test: "TestOne/part" },
      { Action: "pass", Package: "a", Test: "TestOne" },
      { Action: "pass", Package: "a", Test: "TestTwo" },
      { Action: "pass", Package: "a" },
    );
    assert.deepEqual(goTestOutcome(0, stdout, stdout), { passed: 2, failed: 0, output: "" });
  });

  it("show what failed tests printed", () => {
    const stdout = events(
      { Action: "output", Package: "good", Test: "TestOne", Output: "fine\n" },
      { Action: "pass", Package: "good", Test: "TestOne" },
      { Action: "output", Package: "bad", Test: "TestTwo", Output: "wrong\n" },
      { Action: "fail", Package: "bad", Test: "TestTwo" },
    );
    assert.deepEqual(goTestOutcome(1, stdout, stdout), { passed: 1, failed: 1, output: "wrong\n" });
  });

  it("have a failure when a test could not be built", () => {
    const outcome = goTestOutcome(1, "", "syntax error");
    assert.deepEqual(outcome, { passed: 0, failed: 1, output: "syntax error" });
  });
});
