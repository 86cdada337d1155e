import assert from "node:assert/strict";
import { bytes, count, percent, plural, seconds, short, utc } from "../../../manager/status-page/numbers";

describe("numbers on a page", () => {
  it("are short, and zero only if they are zero", () => {
    assert.deepEqual([0, 0.25, 9.987, 1500, 12_345, 2e6, 3e9].map(short), [
      "0",
      "0.25",
      "9.99",
      "1.5k",
      "12.3k",
      "2M",
      "3G",
    ]);
    assert.deepEqual([0, 0.0004, 0.0123, 0.5, 1].map(percent), ["0 %", "< 0.1 %", "1.2 %", "50 %", "100 %"]);
    assert.deepEqual([0, 1023, 1536, 17 * 1024 ** 2].map(bytes), ["0 B", "1023 B", "1.5 KiB", "17 MiB"]);
    assert.deepEqual([1.25, 21.4].map(seconds), ["1.3 s", "21 s"]);
    assert.equal(count(1_234_567.4), "1,234,567");
  });

  it("agree with their words", () => {
    assert.deepEqual([plural(1, "pod"), plural(3, "pod")], ["1 pod", "3 pods"]);
    assert.equal(utc("2026-11-25T18:20:11.123Z"), "2026-11-25 18:20:11 UTC");
    assert.equal(utc("at some time"), "at some time");
  });
});
