import assert from "node:assert/strict";
import { guardLabel } from "../../../components/inputs";
import type { MonitorObject } from "../../../components/monitors/monitor-object";
import { target, translated, withEndpoint } from "../helpers/monitors";
import { relabel, type Rule } from "../helpers/relabel";

const lists = 1000;
const otherAddress = "10.6.6.6";

/** A repeatable source of choices: a linear congruential generator with the constants of Numerical Recipes. */
function choices(seed: number): <T>(of: readonly T[]) => T {
  let state = seed;
  return <T>(of: readonly T[]): T => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const one = of[Math.floor((state / 2 ** 32) * of.length)];
    if (one === undefined) throw new Error("nothing to choose from");
    return one;
  };
}

const labels = [
  guardLabel,
  "__telemetry%address",
  "__address__",
  "__scheme__",
  "__meta_kubernetes_pod_ip",
  "__meta_kubernetes_pod_annotation_evil",
  "__param_evil",
  "tmp",
  "tag_x",
  "mark",
];
const names = [...labels, "tag_${1}", "a${1}", "${1}", "_${1}", "__telemetry${1}pod", "x${1}pod"];
const expressions = ["(.*)", "(.+)", "__telemetry(.)(?:pod|address)", "__telemetry(.*)", "(?:tag_|a|x)(.)x?(?:pod)?"];
const moreExpressions = ["__param_[a-z]*(.)[a-z]*", "__param_(.*)", "(?:tag_|a|x)(.*)", "__t.*", "tag_.*", ".*%.*"];
const texts = [otherAddress, `${otherAddress}:80`, "evil:80", "%x", "%pod", "$1", "${1}", ""];

function rule(choose: ReturnType<typeof choices>): object {
  const action = choose([
    "replace",
    "replace",
    "replace",
    "labelmap",
    "labelmap",
    "lowercase",
    "labeldrop",
    "labelkeep",
  ]);
  const regex = choose([...expressions, ...moreExpressions]);
  switch (action) {
    case "labelmap":
      return { action, regex, replacement: choose(names) };
    case "labeldrop":
    case "labelkeep":
      return { action, regex };
    case "lowercase":
      return { action, sourceLabels: [choose(labels)], targetLabel: choose(labels) };
    default:
      return {
        sourceLabels: choose([[], [choose(labels)]]),
        targetLabel: choose(names),
        replacement: choose(texts),
        regex: choose(["(.*)", regex]),
      };
  }
}

/** Lists of rules each of which forged a target under an earlier form of the guard. */
const attacks: readonly (readonly object[])[] = [
  [{ action: "labelmap", regex: "__telemetry(.)pod", replacement: "__telemetry${1}address" }],
  [
    { targetLabel: "mark", replacement: "%x" },
    { sourceLabels: ["mark"], targetLabel: "tag_${1}", replacement: otherAddress },
    { action: "labelmap", regex: "tag_(.)x", replacement: "__telemetry${1}pod" },
  ],
  [{ action: "labelmap", regex: "__param_[a-z]*(.)[a-z]*", replacement: "__telemetry${1}pod" }],
  [
    { targetLabel: "mark", replacement: "_telemetry%pod" },
    { sourceLabels: ["mark"], targetLabel: "_${1}", replacement: otherAddress },
  ],
  [{ targetLabel: "__scheme__", replacement: `http://${otherAddress}/x?` }],
  [{ targetLabel: "__meta_kubernetes_pod_ip", replacement: otherAddress }],
  [{ action: "labeldrop", regex: "__t.*" }],
];

/** Returns an attack with some rules added, removed or put elsewhere, or parts of two attacks. */
function variant(choose: ReturnType<typeof choices>): object[] {
  let rules = [...choose(attacks)];
  for (let changes = choose([0, 1, 1, 2, 3]); changes > 0; changes -= 1) {
    const at = choose([0, 1, 2, 3].slice(0, rules.length + 1));
    rules = choose([
      [...rules.slice(0, at), rule(choose), ...rules.slice(at)],
      [...rules.slice(0, at), rule(choose), ...rules.slice(at + 1)],
      [...rules.slice(0, at), ...choose(attacks), ...rules.slice(at)],
      [...rules.slice(at), ...rules.slice(0, at)],
    ]);
  }
  return rules;
}

/** The scraper makes a label of the first value of each parameter. */
const labelsOf = (params: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(params).map(([name, [value = ""]]) => [`__param_${name}`, value]));

const jobsOf = (monitor: MonitorObject): Readonly<Record<string, unknown>>[] =>
  translated(monitor).jobs.map(({ config }) => ({ ...config }));

describe("The address of a target under rules that are written to forge it", () => {
  it("is that of its pod or the target is dropped, whatever the rules are", () => {
    const choose = choices(20240607);
    let asked = 0;
    for (let i = 0; i < lists; i += 1) {
      const relabelings = variant(choose);
      // Most lists of rules move the target at their end, so that a forged guard would be seen.
      const move = { targetLabel: "__address__", replacement: choose([`${otherAddress}:80`, "evil:80"]) };
      const params = { evil: [otherAddress], [choose(["%pod", "x%", "%", "a"])]: [otherAddress] };
      const endpoint = { relabelings: [...relabelings, ...choose([[], [move], [move]])], params };
      const any = choose([{}, { namespaceSelector: { any: true } }]);
      const [job] = jobsOf(withEndpoint("ServiceMonitor", endpoint, any));
      if (job === undefined) continue;
      const left = relabel("a", job.relabel_configs as Rule[], target(labelsOf(params)));
      if (left === undefined) continue;
      asked += 1;
      assert.match(left.__address__ ?? "", /^10\.0\.0\.7(?::\d+)?$/, JSON.stringify(endpoint));
      assert.match(left.__scheme__ ?? "", /^https?$/, JSON.stringify(endpoint));
    }
    assert.ok(asked > lists / 20, `only ${asked} of ${lists} lists of rules keep their target`);
  });
});
