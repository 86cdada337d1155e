import assert from "node:assert/strict";
import { withEarlierLosses } from "../../../components/verification/earlier-losses";
import type { Verdict } from "../../../components/verification/verdict";

const exporter = "otlp_http/logs-a";

const line = (msg: string, error: string, component = exporter): string =>
  JSON.stringify({ level: "error", ts: "2026-11-22T22:14:16.184Z", msg, "otelcol.component.id": component, error });
const dropped = "Exporting failed. Dropping data.";
const refused = "rpc error: code = Unavailable desc = refused";

const failing: Verdict = {
  kind: "failing",
  extent: "all",
  failure: { cause: "refused", dropped: false },
  losing: false,
  queueFull: false,
  pods: ["gateway-1", "gateway-2", "gateway-3", "gateway-4"],
  collector: "gateway",
};

/** Judges a verdict again with the log that each pod has, and returns whether data is lost and whose logs were read. */
async function losing(log: string | Error, verdict: Verdict = failing): Promise<[boolean | undefined, string[]]> {
  const read: string[] = [];
  const cluster = {
    log: (_namespace: string, pod: string) => {
      read.push(pod);
      return log instanceof Error ? Promise.reject(log) : Promise.resolve(log);
    },
  };
  const targets = { namespace: "telemetry", collectors: [] };
  const result = await withEarlierLosses(cluster, targets, { exporter, retrySeconds: 300 }, verdict);
  return ["losing" in result ? result.losing : undefined, read];
}

describe("Losses from before a check", () => {
  const three = ["gateway-1", "gateway-2", "gateway-3"];

  it("are in the log of one of the failing pods, of which three are read", async () => {
    assert.deepEqual(await losing(line(dropped, refused)), [true, three]);
  });

  it("are none where the exporter still retries, or another one drops data", async () => {
    assert.deepEqual(await losing(line("Exporting failed. Will retry the request after interval.", refused)), [
      false,
      three,
    ]);
    assert.deepEqual(await losing(line(dropped, refused, "otlp_http/logs-b")), [false, three]);
  });

  it("are none where a queue refuses data for itself or for the disk, which the verdict states anyway", async () => {
    const full = "write /state/exporter_otlp_http_logs-a_logs: no space left on device";
    assert.deepEqual(await losing([line(dropped, full), line(dropped, "sending queue is full")].join("\n")), [
      false,
      three,
    ]);
  });

  it("are unknown where no log can be read", async () => {
    assert.deepEqual(await losing(new Error("forbidden")), [false, three]);
  });

  it("are not looked for where the verdict has losses, or no failure", async () => {
    assert.deepEqual(await losing("", { ...failing, losing: true }), [true, []]);
    assert.deepEqual(await losing("", { kind: "noEvidence", why: "noTraffic" }), [undefined, []]);
  });
});
