import assert from "node:assert/strict";
import { learn, type Look, type PipelineEvidence } from "../../../components/verification/evidence";
import type { Cause } from "../../../components/verification";
import { judge, type Judgement, type Situation } from "../../../components/verification/verdict";

const exporter = "otlp_grpc/metrics-a";

/** The result of one look: items sent, items given up, causes in the log. */
interface Found {
  readonly pod?: string;
  readonly sent?: number;
  readonly lost?: number;
  /** Items that the full queue did not take. */
  readonly notQueued?: number;
  readonly queued?: number;
  readonly causes?: readonly Cause[];
  /** Items that were rejected, in the log. */
  readonly rejected?: number;
}

function look(
  { pod = "p1", sent = 0, lost = 0, notQueued = 0, queued = 0, causes = [], rejected }: Found,
  at: number,
): Look {
  const failed: Record<string, number> = lost > 0 ? { Unavailable: lost } : {};
  const counters = { sent, failed, queueRefused: notQueued, queued };
  return {
    pod,
    collector: "gateway",
    at,
    counted: { uptime: 100, exporters: { [exporter]: counters }, refused: {}, redirects: {} },
    failures: [
      ...causes.map((cause) => ({ exporter, cause, dropped: false })),
      ...(rejected === undefined ? [] : [{ exporter, cause: "rejected", dropped: true, rejected } as const]),
    ],
  };
}

/** Looks one second apart. */
const after = (found: readonly Found[], situation: Partial<Situation> = {}): Judgement => {
  const evidence = found.reduce<PipelineEvidence>((known, one, i) => {
    const { pod = "p1" } = one;
    return { ...known, [pod]: learn(known[pod], exporter, look(one, i + 1)) };
  }, {});
  return judge(evidence, { pods: ["p1"], unreadable: [], canary: true, elapsed: found.length, ...situation });
};

const times = (count: number, found: Found): Found[] => Array.from({ length: count }, () => found);
const ok = { sent: 1 };
const refused = { causes: ["refused"] as const };

describe("the verdict about a backend", () => {
  it("is delivered for certain after ten successful looks, over all pods together", () => {
    assert.deepEqual(after(times(9, ok)), { verdict: { kind: "delivered", pods: 1 }, certain: false });
    assert.deepEqual(after(times(10, ok)), { verdict: { kind: "delivered", pods: 1 }, certain: true });
    const two = ["p1", "p2"].flatMap((pod) => times(5, { ...ok, pod }));
    assert.deepEqual(after(two, { pods: ["p1", "p2"] }), { verdict: { kind: "delivered", pods: 2 }, certain: true });
  });

  it("waits for the pods that have not delivered yet", () => {
    assert.deepEqual(after(times(12, ok), { pods: ["p1", "p2"] }), {
      verdict: { kind: "delivered", pods: 1, of: 2 },
      certain: false,
    });
  });

  it("is failing of all data when nothing arrives, certain only when a beginning would have settled", () => {
    const { verdict, certain } = after(times(3, refused));
    assert.deepEqual(verdict, {
      kind: "failing",
      extent: "all",
      failure: { cause: "refused", dropped: false },
      losing: false,
      queueFull: false,
      pods: ["p1"],
      collector: "gateway",
    });
    assert.equal(certain, false);
    assert.equal(after(times(12, refused)).certain, true);
  });

  it("states that data is lost when it was given up", () => {
    const { verdict } = after(times(12, { causes: ["notFound"], lost: 1 }));
    assert.equal(verdict.kind === "failing" && verdict.losing, true);
  });

  it("states that a full queue accepts no new data, which differs from data that was given up", () => {
    const told = (found: Found): unknown => {
      const { verdict } = after(times(12, found));
      return verdict.kind === "failing" && [verdict.failure.cause, verdict.losing, verdict.queueFull];
    };
    assert.deepEqual(told({ notQueued: 5 }), ["queueFull", false, true]);
    assert.deepEqual(told({ notQueued: 5, causes: ["server"] }), ["server", false, true]);
    assert.deepEqual(told({ notQueued: 5, lost: 1 }), ["server", true, true]);
    assert.deepEqual(told({ lost: 1 }), ["server", true, false]);
  });

  it("does not count data that was sent and rejected as delivered, and states that it is lost", () => {
    const told = (...found: Found[]): unknown => {
      const { verdict, certain } = after(found);
      return verdict.kind === "failing" && [verdict.failure.cause, verdict.extent, verdict.losing, certain];
    };
    const rejecting = { sent: 2, rejected: 2 };
    assert.deepEqual(told(...times(12, rejecting)), ["rejected", "all", true, true]);
    assert.deepEqual(told(...times(24, { sent: 2, rejected: 1 })), ["rejected", "some", true, true]);
    // The log may be a look ahead of the counters, or behind them.
    assert.deepEqual(told({ rejected: 2 }, ...times(11, rejecting), { sent: 2 }), ["rejected", "all", true, true]);
    assert.deepEqual(told({ sent: 2 }, ...times(11, rejecting), { rejected: 2 }), ["rejected", "all", true, true]);
  });

  it("is without evidence where the collector's log leaves out rejected data", () => {
    assert.deepEqual(after(times(10, ok), { hiding: "agent" }), {
      verdict: { kind: "noEvidence", why: "rejectionsHidden", collector: "agent" },
      certain: true,
    });
    assert.equal(after(times(12, refused), { hiding: "agent" }).verdict.kind, "failing");
  });

  it("is failing of some data when failures and successes take turns", () => {
    const { verdict, certain } = after(
      Array.from({ length: 24 }, (_, i) => (i % 3 === 2 ? { causes: ["server"], lost: 1 } : ok)),
    );
    assert.equal(verdict.kind === "failing" && verdict.extent, "some");
    assert.equal(certain, true);
  });

  it("forgets failures that ten successful looks followed", () => {
    assert.deepEqual(after([...times(3, refused), ...times(10, ok)]), {
      verdict: { kind: "delivered", pods: 1 },
      certain: true,
    });
  });

  it("is failing of some data when one pod of two cannot deliver, and names it", () => {
    const found = [...times(12, ok), ...times(12, { ...refused, pod: "p2" })];
    const { verdict, certain } = after(found, { pods: ["p1", "p2"] });
    assert.deepEqual(verdict.kind === "failing" && [verdict.extent, verdict.pods], ["some", ["p2"]]);
    assert.equal(certain, true);
  });

  it("names the node that all failing pods share, if the pipeline has pods on others", () => {
    const found = ["p1", "p2"].flatMap((pod) => times(8, { ...refused, pod }));
    const nodeOf = (nodes: Readonly<Record<string, string>>): string | undefined => {
      const { verdict } = after([...times(12, { ...ok, pod: "p3" }), ...found], { pods: ["p1", "p2", "p3"], nodes });
      return verdict.kind === "failing" ? verdict.node : "not failing";
    };
    assert.equal(nodeOf({ p1: "n1", p2: "n1", p3: "n2" }), "n1");
    assert.equal(nodeOf({ p1: "n1", p2: "n2", p3: "n3" }), undefined);
    assert.equal(nodeOf({ p1: "n1", p2: "n1", p3: "n1" }), undefined);
    assert.equal(nodeOf({ p1: "n1", p3: "n2" }), undefined);
    assert.equal(nodeOf({}), undefined);
  });

  it("is throttled when the backend asks for less", () => {
    assert.equal(after(times(12, { causes: ["throttled"] })).verdict.kind, "throttled");
  });

  it("has the most specific cause, and of several the most frequent", () => {
    const found: Found[] = [
      { causes: ["connection", "connection", "queueFull", "tlsClientCertificate", "tlsClientCertificate"] },
      { causes: ["connection", "connection", "timeout"] },
    ];
    const { verdict } = after(found);
    assert.equal(verdict.kind === "failing" && verdict.failure.cause, "tlsClientCertificate");
  });

  it("has the redirect as its cause, whatever happens at its target", () => {
    const { verdict } = after([
      { causes: ["timeout", "timeout", "timeout"] },
      { causes: ["redirected", "timeout"] },
      { causes: ["timeout", "unauthenticated"] },
    ]);
    assert.equal(verdict.kind === "failing" && verdict.failure.cause, "redirected");
  });

  it("takes the cause from counters where the log has none", () => {
    const { verdict } = after(times(12, { lost: 1 }));
    assert.equal(verdict.kind === "failing" && verdict.failure.cause, "server");
  });

  it("is failing for an unknown cause when canaries wait and the log has no cause", () => {
    const { verdict } = after(times(30, { queued: 400 }));
    assert.equal(verdict.kind === "failing" && verdict.failure.cause, "unknown");
  });

  it("is without evidence when nothing was sent, never delivered", () => {
    const silent = after(times(25, {}), { canary: false });
    assert.deepEqual(silent, { verdict: { kind: "noEvidence", why: "noTraffic" }, certain: true });
  });

  it("is delivered without canaries when others send", () => {
    assert.deepEqual(after([...times(2, ok), ...times(19, {})], { canary: false, pods: ["p1", "p2"] }), {
      verdict: { kind: "delivered", pods: 1 },
      certain: true,
    });
  });

  it("is without evidence when there is no pod, or none that can be read", () => {
    assert.deepEqual(after([], { pods: [] }).verdict, { kind: "noEvidence", why: "noPods" });
    assert.deepEqual(after([], { unreadable: ["p1"] }).verdict, { kind: "noEvidence", why: "unreadable" });
  });

  it("does not count a pod that has gone", () => {
    const found = [...times(12, { ...refused, pod: "gone" }), ...times(10, ok)];
    assert.deepEqual(after(found).verdict, { kind: "delivered", pods: 1 });
  });
});
