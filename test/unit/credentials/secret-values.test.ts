import assert from "node:assert/strict";
import { placedReferences } from "../../../components/credentials/resolve";
import { resolveReferences, type PlacedReference } from "../../../components/credentials/source-secrets";
import { formatFinding } from "../../../components/schema";
import { parsePipelines } from "../../../components/settings";

const path = "metricPipelines[0].output.otlp.authentication.basic.password";
const placed = (key: string): PlacedReference => ({
  path,
  reference: { kind: "secretKeyRef", namespace: "shop", name: "creds", key },
});
const resolve = (key: string, data: Record<string, string>): { lines: string[]; texts: string[] } => {
  const { findings, texts } = resolveReferences([placed(key)], () => [{ data }]);
  return { lines: findings.map(formatFinding), texts: [...texts.values()] };
};
const encoded = (...bytes: number[]): string => Buffer.from(bytes).toString("base64");

describe("A value in a Secret", () => {
  it("is refused if it is not UTF-8: as text, it would become another credential", () => {
    const line =
      `${path}: is not valid UTF-8 text at the key k of Secret creds in namespace shop. ` +
      "Store it there as UTF-8 text, certificates and keys as PEM.";
    const latin1 = encoded(0x70, 0xe4, 0xff, 0x77);
    const cutOff = encoded(0x70, 0xc3);
    const surrogate = encoded(0xed, 0xa0, 0x80);
    for (const k of [latin1, cutOff, surrogate]) assert.deepEqual(resolve("k", { k }), { lines: [line], texts: [] });
  });

  it("keeps each of its bytes, those of a byte order mark too", () => {
    const bytes = [0xef, 0xbb, 0xbf, 0x70, 0xc3, 0xa4, 0x00, 0x0d, 0x0a];
    const { lines, texts } = resolve("k", { k: encoded(...bytes) });
    assert.deepEqual(lines, []);
    assert.deepEqual(
      texts.map((text) => [...Buffer.from(text)]),
      [bytes],
    );
  });

  it("is also missing if its key is the name of a property that every object has", () => {
    for (const key of ["constructor", "toString", "hasOwnProperty", "__proto__"]) {
      assert.deepEqual(resolve(key, { password: encoded(0x70) }), {
        lines: [
          `${path}: refers to the key ${key} of Secret creds in namespace shop, which has no such key. Correct the key.`,
        ],
        texts: [],
      });
      const there = JSON.parse(`{"${key}":"${encoded(0x70)}"}`) as Record<string, string>;
      assert.deepEqual(resolve(key, there), { lines: [], texts: ["p"] });
    }
  });

  it("may have such a key in a pipeline", () => {
    const value = { valueFrom: { secretKeyRef: { name: "creds", namespace: "shop", key: "__proto__" } } };
    const metricPipelines = [{ name: "a", output: { otlp: { endpoint: value } } }];
    const { pipelines } = parsePipelines({ metricPipelines }, { now: new Date("2026-06-01T00:00:00Z") });
    assert.deepEqual(
      placedReferences(pipelines).map(({ reference }) => reference.key),
      ["__proto__"],
    );
  });
});
