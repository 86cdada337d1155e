import assert from "node:assert/strict";
import { lockOwners } from "../../../manager/engine-texts";
import { areAbandoned } from "../../../manager/locks";
import { abandonedUpdates, leaseStep } from "../../../manager/lease";

const said = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/.pulumi/locks/organization/telemetry/prod/6c8f.json: created by telemetry@manager-0 (pid 42) at 2026-05-01T10:00:07+02:00`;
const updating = { host: "manager-0", since: "2026-05-01T08:00:07.900Z" };
const elsewhere = { host: "manager-1", isEngine: () => false };

describe("the lock of an update whose manager is gone", () => {
  it("is read from the engine's message", () => {
    assert.deepEqual(lockOwners(said), [{ host: "manager-0", pid: 42, at: Date.parse("2026-05-01T08:00:07Z") }]);
    assert.deepEqual(lockOwners("error: [409] Conflict: Another update is currently in progress."), []);
  });

  it("is removed if that update made it, on the manager's machine", () => {
    assert.equal(areAbandoned(lockOwners(said), [updating], elsewhere), true);
  });

  it("is left alone if it is older, of another machine or of a running process, or if no update began", () => {
    const owners = lockOwners(said);
    assert.equal(areAbandoned(owners, [{ ...updating, since: "2026-05-01T08:00:09Z" }], elsewhere), false);
    assert.equal(areAbandoned(owners, [{ ...updating, host: "ci-runner" }], elsewhere), false);
    const here = { host: "manager-0", isEngine: (pid: number) => pid === 42 };
    assert.equal(areAbandoned(owners, [updating], here), false);
    assert.equal(areAbandoned(owners, [], elsewhere), false);
    assert.equal(areAbandoned([], [updating], elsewhere), false);
    const later = { host: "manager-1", since: "2026-05-01T08:01:00.000Z" };
    assert.equal(areAbandoned(owners, [updating, later], elsewhere), true);
    const others = [...owners, { host: "ci", pid: 1, at: Date.parse("2026-05-01T08:01:00Z") }];
    assert.equal(areAbandoned(others, [updating], elsewhere), false);
  });
});

describe("the lease that lets one manager act", () => {
  it("is taken if it is free, renewed by its holder, and taken over if it was not renewed for its duration", () => {
    assert.deepEqual(leaseStep({ spec: {} }, "me", 0), { kind: "take" });
    assert.deepEqual(leaseStep({ spec: { holderIdentity: "" } }, "me", 0), { kind: "take" });
    assert.deepEqual(leaseStep({ spec: { holderIdentity: "me" } }, "me", 99), { kind: "renew" });
    const held = { spec: { holderIdentity: "other", leaseDurationSeconds: 15 } };
    assert.deepEqual(leaseStep(held, "me", 15), { kind: "wait", holder: "other" });
    assert.deepEqual(leaseStep(held, "me", 15.1), { kind: "take" });
  });

  it("lists the updates that its holder has not ended, if any", () => {
    const annotations = { "telemetry/updating": JSON.stringify([updating]) };
    assert.deepEqual(abandonedUpdates({ metadata: { annotations } }), [updating]);
    assert.deepEqual(abandonedUpdates({ metadata: { annotations: { "telemetry/updating": "{" } } }), []);
    assert.deepEqual(abandonedUpdates({}), []);
  });
});
