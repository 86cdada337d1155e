import assert from "node:assert/strict";
import {
  durationText,
  durationWords,
  field,
  formatFinding,
  shapeFindings,
  struct,
  volumeQuantity,
} from "../../../components/schema";
import { errorLines } from "./helpers";

/** The written text, the exact fault, and the remedy. */
const memory: readonly (readonly [string, string])[] = [
  ["512 Mi", "has a space between the number and its unit. Write `memory: 512Mi`."],
  ["512m", "has the unit `m`, which means thousandths of a byte. Write `memory: 512Mi`."],
  ["-1Gi", "is negative. Write `memory: 1Gi`."],
  ["+1Gi", "has a `+` in front. Write `memory: 1Gi`."],
  ["1,5Gi", "has a comma in its number. Write `memory: 1.5Gi`."],
  [".5Gi", "has no digit before its point. Write `memory: 0.5Gi`."],
  ["512MiB", "has a unit in another spelling than Mi. Write `memory: 512Mi`."],
  ["512mi", "has a unit in another spelling than Mi. Write `memory: 512Mi`."],
  ["512MB", "has a unit in another spelling than M. Write `memory: 512M`."],
  ["1GB", "has a unit in another spelling than G. Write `memory: 1G`."],
  ["1Ti", "has the unit Ti, which is larger than any limit here. Write `memory: 1024Gi`."],
  [" 1Gi", "has white space at its start or end. Write `memory: 1Gi`."],
  ["Gi", "has a unit without a number. For example: 1Gi."],
  ["", "is empty. For example: 1Gi."],
  [
    "5 apples",
    "has a unit that is not known here: write a number, then Ki, Mi, Gi, k, M, G or nothing for bytes. For example: 1Gi.",
  ],
  [
    "much-secret-token",
    "is not an amount: write a number, then Ki, Mi, Gi, k, M, G or nothing for bytes. For example: 1Gi.",
  ],
];

const cpu: readonly (readonly [string, string])[] = [
  ["500 m", "has a space between the number and its unit. Write `cpu: 500m`."],
  ["-1", "is negative. Write `cpu: 1`."],
  ["0,5", "has a comma in its number. Write `cpu: 0.5`."],
  ["2 cores", "has a space between the number and its unit. Write `cpu: 2`."],
  ["0.5m", "has a fraction of a millicore. Write `cpu: 1m`."],
  ["500Mi", "has a unit of memory, but CPU is measured in cores. For example: 200m."],
  [
    "50%",
    "has a unit that is not known here: write a whole number of millicores such as 200m, or a number of cores such as 0.5. For example: 200m.",
  ],
];

describe("An amount is refused with its fault and the line to write:", () => {
  for (const [text, fault] of memory) {
    it(`memory ${JSON.stringify(text)}`, () => {
      const lines = errorLines({ gateway: { resources: { limits: { memory: text } } } });
      assert.deepEqual(lines, [`gateway.resources.limits.memory: ${fault}`]);
    });
  }

  for (const [text, fault] of cpu) {
    it(`CPU ${JSON.stringify(text)}`, () => {
      const lines = errorLines({ agent: { resources: { requests: { cpu: text } } } });
      assert.deepEqual(lines, [`agent.resources.requests.cpu: ${fault}`]);
    });
  }
});

describe("The size of a volume is refused with its fault and the line to write:", () => {
  const schema = struct({ size: field(volumeQuantity(), { description: "Size.", example: "1Gi" }) });
  for (const [text, fault] of [
    ["10 Gi", "has a space between the number and its unit. Write `size: 10Gi`."],
    ["10GB", "has a unit in another spelling than Gi. Write `size: 10Gi`."],
    ["512m", "has the unit `m`, which means thousandths of a byte. Write `size: 512Mi`."],
    ["10", "is not an amount: write a whole number, then Ki, Mi, Gi or Ti. For example: 1Gi."],
    ["0Gi", "is less than 1Ki. For example: 1Gi."],
  ] as const) {
    it(text, () =>
      assert.deepEqual(shapeFindings(schema, { size: text }, (keys) => keys.join(".")).map(formatFinding), [
        `size: ${fault}`,
      ]),
    );
  }
});

describe("The key of a label is refused with its fault:", () => {
  const keys: readonly (readonly [string, string, string])[] = [
    ["", "a key", "it is empty"],
    ["/x", "the key `/x`", "it has nothing before its `/`"],
    ["x/", "the key `x/`", "it has nothing behind its `/`"],
    ["a/b/c", "the key `a/b/c`", "it has more than one `/`"],
    ["a b", "a key", "it has white space"],
    ["Example.com/team", "the key `Example.com/team`", "its prefix has capital letters"],
    ["-a/team", "the key `-a/team`", "its prefix is not a DNS name of lower-case letters, digits, `-` and `.`"],
    ["team!", "a key", "it has a character other than letters, digits, `-`, `_` and `.`"],
    ["team-", "the key `team-`", "its name does not start and end with a letter or a digit"],
    ["t".repeat(64), "a key", "its name has more than 63 characters"],
    [`${"p".repeat(254)}/t`, "a key", "its prefix has more than 253 characters"],
  ];
  for (const [key, which, fault] of keys) {
    it(JSON.stringify(key.slice(0, 20)), () => {
      assert.deepEqual(errorLines({ gateway: { labels: { [key]: "x" } } }), [
        `gateway.labels: has ${which} that a label cannot have: ${fault}. For example: { team: platform }.`,
      ]);
    });
  }

  it("which may be a credential in the wrong place, is named by its position", () => {
    assert.deepEqual(errorLines({ gateway: { labels: { team: "x", "Bearer hunter2": "x" } } }), [
      "gateway.labels: has a key (number 2 of 2) that a label cannot have: it has white space. For example: { team: platform }.",
    ]);
  });
});

describe("A time in seconds", () => {
  const times = [1, 10.5, 60, 90, 300, 5400, 7200, 7201, 86_400];

  it("is written in the largest unit that divides it", () => {
    assert.deepEqual(times.map(durationText), ["1s", "10.5s", "1m", "90s", "5m", "90m", "2h", "7201s", "24h"]);
  });

  it("is written in words in the same unit", () => {
    assert.deepEqual(times.map(durationWords), [
      "1 second",
      "10.5 seconds",
      "1 minute",
      "90 seconds",
      "5 minutes",
      "90 minutes",
      "2 hours",
      "7201 seconds",
      "24 hours",
    ]);
  });
});
