import assert from "node:assert/strict";
import { parse } from "yaml";
import { literal, renderYaml } from "../../../components/collector/text";

describe("a collector's configuration as YAML", () => {
  it("has every character of every text and key, those escaped that the collector's reader does not take", () => {
    const odd = "\x7f\x85\x90\u2028\u2029\ufeff\ufffe\uffff";
    const value = {
      [`a${odd}`]: [`set(log.attributes["x"], "a ${odd} b") where "\\u2028" != "it's ü 😀"`, `${odd}\n\n  ${odd}: #\t`],
      plain: ["a b", "it's: ü", "a\nb"],
    };
    const text = renderYaml(value);
    assert.deepEqual(parse(text), value);
    assert.doesNotMatch(text, /[^\n\x20-\x7eü\u{1f600}]/u);
    assert.match(text, /^ {2}- a b\n {2}- "it's: ü"\n {2}- \|-\n {4}a\n {4}b$/m);
  });

  it("has no half of a surrogate pair", () => {
    assert.equal(literal("a\ud800b 😀 \udc00$"), "a\ufffdb 😀 \ufffd$$");
  });
});
