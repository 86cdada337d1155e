import assert from "node:assert/strict";
import { takesContainerLogs } from "../../../manager/container-log-pipelines";

const manifest = (input?: object, kind = "LogPipeline") => ({ kind, spec: { ...(input && { input }) } });

describe("a stack that takes container logs", () => {
  it("turns them on in its settings", () => {
    assert.equal(takesContainerLogs([{ input: { runtime: { enabled: true } } }], []), true);
    assert.equal(takesContainerLogs([{ input: { runtime: {} } }, { input: {} }, {}, "text", null], []), false);
    for (const nothing of [undefined, null, "text", {}]) assert.equal(takesContainerLogs(nothing, []), false);
  });

  it("has a manifest that does not turn them off", () => {
    assert.equal(takesContainerLogs([], [manifest()]), true);
    assert.equal(takesContainerLogs([], [manifest({ runtime: { containers: {} } })]), true);
    assert.equal(takesContainerLogs([], [{ kind: "List", items: [manifest({})] }]), true);
    assert.equal(takesContainerLogs([], [manifest({ runtime: { enabled: false } })]), false);
    assert.equal(takesContainerLogs([], [manifest({ application: { enabled: false } })]), false);
    assert.equal(takesContainerLogs([], [manifest({}, "TracePipeline"), null, "text", { kind: 1 }]), false);
  });
});
