import assert from "node:assert/strict";
import type { ExporterFailure } from "../../../components/verification/classify";
import { mayRedirectToo, redirectFailures } from "../../../components/verification/redirects";
import type { PipelineTarget } from "../../../components/verification/targets";

const target = (name: string, backend?: string, protocol = "http"): PipelineTarget => ({
  signal: "metrics",
  name,
  path: "metricPipelines[0]",
  exporter: `otlp_${protocol}/metrics-${name}`,
  ...(backend !== undefined && { backend }),
  canary: true,
  collectors: ["gateway"],
});

/** Returns the names of the pipelines that a redirect by this server concerns. All but the idle one have sent data. */
function concerned(server: string, ...pipelines: PipelineTarget[]): string[] {
  const counters = { failed: {}, queueRefused: 0, queued: 0 };
  const sent = (name: string): number => (name === "idle" ? 0 : 4);
  const exporters = Object.fromEntries(
    pipelines.map(({ exporter, name }) => [exporter, { ...counters, sent: sent(name) }]),
  );
  const redirects: Record<string, Record<string, number>> = {
    [server]: { "301": 0, "302": 2 },
    "quiet:1": { "302": 0 },
  };
  return redirectFailures(pipelines, { exporters, redirects }).map(({ exporter, ...failure }) => {
    assert.deepEqual(failure, { cause: "redirected", status: 302, dropped: true, rejected: 4 });
    return exporter.replace(/^.*metrics-/, "");
  });
}

describe("a redirect", () => {
  const cases: readonly [string, string, PipelineTarget[], string[]][] = [
    ["concerns the pipeline of that host and port", "a:4318", [target("a", "a:4318"), target("b", "a:4319")], ["a"]],
    [
      "concerns all pipelines of the same host and port",
      "a:4318",
      [target("a", "a:4318"), target("b", "a:4318")],
      ["a", "b"],
    ],
    ["concerns only pipelines that have sent data", "a:4318", [target("a", "a:4318"), target("idle", "a:4318")], ["a"]],
    ["concerns no gRPC", "a:4318", [target("a", "a:4318", "grpc")], []],
    ["comes without a port that is the usual one", "a", [target("a", "a:443"), target("b", "a:80")], ["a", "b"]],
    ["comes from a host in upper or lower case", "A.b:4318", [target("a", "a.B:4318")], ["a"]],
    ["comes from an address of IPv6 without brackets", "fd00::1:4318", [target("a", "fd00::1:4318")], ["a"]],
    ["concerns none if the server is another one", "x:1", [target("a", "a:4318")], []],
    [
      "concerns all over HTTP if the collector hides its servers",
      "",
      [target("a", "a:1"), target("hidden"), target("g", "a:1", "grpc"), target("idle")],
      ["a", "hidden"],
    ],
    ["does not count if it was before the look", "quiet:1", [target("a", "quiet:1")], []],
  ];
  for (const [does, server, pipelines, names] of cases) {
    it(does, () => {
      assert.deepEqual(concerned(server, ...pipelines), names);
    });
  }
});

describe("the pipelines that a redirect may concern, too", () => {
  const [a, b, c] = [target("a", "x:1"), target("b", "x:1"), target("c", "y:1")];
  const grpc = target("g", undefined, "grpc");
  const elsewhere: PipelineTarget = { ...target("e"), collectors: ["agent"] };

  it("have the same backend", () => {
    assert.deepEqual(mayRedirectToo(a, [a, b, c, grpc, elsewhere]), [b]);
  });

  it("are all over HTTP if an address of the same collector is in a Secret", () => {
    const hidden = target("hidden");
    assert.deepEqual(mayRedirectToo(a, [a, b, c, grpc, hidden, elsewhere]), [b, c, hidden]);
    assert.deepEqual(mayRedirectToo(hidden, [a, b, c, grpc, hidden, elsewhere]), [a, b, c]);
  });
});

describe("a redirect to an address that cannot be reached", () => {
  const [a, b] = [target("a", "x:1"), target("b", "x:1")];
  const redirects = { "x:1": { "307": 1 } };
  const counters = { sent: 0, failed: {}, queueRefused: 0, queued: 0 };
  const found = (
    pipelines: PipelineTarget[],
    change: Partial<typeof counters> & { failed?: Record<string, number> },
    logged: ExporterFailure[] = [],
  ): ExporterFailure[] => {
    const exporters = { [a.exporter]: { ...counters, ...change } };
    return redirectFailures(pipelines, { exporters, redirects }, logged);
  };
  const timeout: ExporterFailure = { exporter: a.exporter, cause: "timeout", dropped: false };
  const redirected = { exporter: a.exporter, cause: "redirected", status: 307, dropped: false } as const;

  it("is a failure while the data waits, and when its own failure is in the log", () => {
    assert.deepEqual(found([a], { queued: 100 }), [redirected]);
    assert.deepEqual(found([a], {}, [timeout]), [redirected]);
    assert.deepEqual(found([a], {}, [{ ...timeout, dropped: true }]), [{ ...redirected, dropped: true }]);
    assert.deepEqual(found([a], { failed: { DeadlineExceeded: 2 } }), [{ ...redirected, dropped: true }]);
  });

  it("does not concern a pipeline that sends nothing", () => {
    assert.deepEqual(found([a], {}), []);
    assert.deepEqual(found([a], {}, [{ ...timeout, exporter: "otlp_http/metrics-c" }]), []);
  });

  it("is not the cause of an answer that the backend itself may have given", () => {
    const unauthenticated: ExporterFailure = { ...timeout, cause: "unauthenticated", status: 401 };
    assert.deepEqual(found([a, b], {}, [unauthenticated]), []);
    assert.deepEqual(found([a], {}, [unauthenticated]), [redirected]);
    assert.deepEqual(found([a, b], {}, [timeout]), [redirected]);
  });
});
