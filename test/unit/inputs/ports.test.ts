import assert from "node:assert/strict";
import { inputs } from "../../../components/inputs";

describe("the ports of the inputs", () => {
  it("differ, because inputs of one collector listen in one pod", () => {
    const ports = inputs.flatMap(({ health }) => (health?.kind === "targets" ? [health.port] : []));
    assert.ok(ports.length > 1);
    assert.deepEqual([...new Set(ports)], ports);
  });
});
