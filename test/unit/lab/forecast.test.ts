import assert from "node:assert/strict";
import { Forecast, secondsLeft } from "../../../lab/build/forecast";

describe("the forecast of a build", () => {
  it("begins with the expected time", () => assert.equal(secondsLeft([60, 120, 20], [], 0), 200));

  it("counts down while a target takes as long as expected", () => {
    assert.equal(secondsLeft([60, 120, 20], [], 40), 160);
    assert.equal(secondsLeft([60, 120, 20], [60], 100), 40);
  });

  it("follows the pace of the finished targets", () => {
    assert.equal(secondsLeft([60, 120, 20], [120], 0), 280);
    assert.equal(secondsLeft([60, 120, 20], [30], 0), 70);
  });

  it("slows down with a target that takes longer than expected, before it ends", () => {
    assert.equal(secondsLeft([60, 120, 20], [], 90), 210);
    assert.equal(secondsLeft([60, 120], [60], 180), 0);
  });

  it("names the part and the minutes", () => {
    let now = 1000;
    const forecast = new Forecast([300, 50], () => now);
    assert.equal(forecast.words(), "part 1 of 2, about 6 min left");
    now += 300;
    forecast.next();
    assert.equal(forecast.words(), "part 2 of 2, less than a minute left");
  });
});
