import assert from "node:assert/strict";
import { parse } from "yaml";
import { parsedYaml } from "../../../policy/facts/yaml-text";
import { literal, renderYaml } from "../../../components/collector/text";

describe("a collector's configuration as YAML", () => {
  it("has every character of every text and key, escaped where the collector's reader does not accept it", () => {
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

  describe("that is long", () => {
    const rule = (i: number) => ({
      source_labels: ["x".repeat(400)],
      regex: `pod-${i % 9}`,
      action: "keep",
    });
    const jobs = Array.from({ length: 300 }, (_, i) => ({ job_name: `job-${i}`, rules: [rule(i), rule(i + 1)] }));

    it("has equal parts once, with the same meaning, and has the same bytes for any order of keys", () => {
      const text = renderYaml({ b: jobs, a: { $ref: "x\u2028", none: undefined } });
      assert.deepEqual(parsedYaml(text), { a: { $ref: "x\u2028" }, b: jobs });
      assert.equal(text.match(/regex: pod-/g)?.length, 9);
      const turned = jobs.map(({ job_name, rules }) => ({
        rules: rules.map(({ action, ...others }) => ({ action, ...others })),
        job_name,
      }));
      assert.equal(renderYaml({ a: { $ref: "x\u2028" }, b: turned }), text);
    });

    it("quotes texts that only the collector would read as a number or a time", () => {
      const texts = ["1_000", "-1_0.5", "0b11", "0x_1f", "-0x1f", "2001-01-01", "2001-1-1T1:00:00Z"];
      assert.equal(renderYaml(texts), texts.map((text) => `- "${text}"\n`).join(""));
      assert.equal(
        renderYaml(["30s", "0.0.0.0:4317", "a_1", "2006-01-02T15:04:05Z07:00"]),
        "- 30s\n- 0.0.0.0:4317\n- a_1\n- 2006-01-02T15:04:05Z07:00\n",
      );
    });

    it("has no alias up to a quarter of the size of a ConfigMap", () => {
      assert.ok(!/[&*]a\d/.test(renderYaml(jobs.slice(0, 200))));
    });
  });
});
