import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readData } from "../../components/verification/data-evidence";
import { selfMetrics } from "../../components/verification/self-metrics";
import { readUnreadableFiles } from "../../components/verification/unreadable-files";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, temporaryFolder } from "../unit/helpers/temp";
import { LocalLogAgent, LogBackend, logsPipeline } from "./local-log-agent";

/** Containers that write. A receiver keeps fewer files open. */
const writers = 40;

/** Tests a collector's reports about files, on which the check and the alerts depend. */
export function testFiles(program: string): void {
  testReports(program);
  testWaiting(program);
}

const testReports = (program: string): Mocha.Suite =>
  describe("files of containers, as the log agent reports them", function () {
    this.timeout("4m");
    const folder = temporaryFolder();
    const backend = new LogBackend();
    let agent: LocalLogAgent;
    const openFiles = async (): Promise<number | undefined> =>
      readData(await agent.selfMetrics()).containerLogs?.openFiles;
    const unreadable = () => readUnreadableFiles(agent.warnings().join("\n"));

    before(async () => {
      agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())], {}, program);
      agent.append("shop_web-1_0/silent", "");
      const linked = join(folder, "pods", "shop_web-1_0", "linked");
      mkdirSync(linked, { recursive: true });
      symlinkSync("/var/lib/docker/containers/none/none-json.log", join(linked, "0.log"));
      agent.start();
    });
    after(async () => {
      await agent.stop();
      backend.close();
    });

    it("are named with their receiver and container if they cannot be opened", async () => {
      const found = await eventually(() => (unreadable().length > 0 ? unreadable() : undefined), "errors in the log");
      assert.deepEqual(found, [{ receiver: "filelog/logs-a", container: "shop/web-1 (linked)", cause: "missing" }]);
    });

    it("are not open without a line", async () => {
      // The log agent counts open files after it has reported the missing one.
      await eventually(async () => ((await openFiles()) === 0 ? true : undefined), "no open file");
    });

    it("are open in part only if there are many, although all are read", async () => {
      for (let i = 0; i < writers; i++) agent.append(`shop_pod-${i}_0/server`, line(i));
      await eventually(() => (backend.received.length >= writers ? true : undefined), "records");
      // A log agent counts open files after it has read all.
      const open = await eventually(async () => (await openFiles()) || undefined, "open files");
      assert.ok(open <= writers - 8, `${open} files are open`);
    });
  });

/** Bytes of a queue that is too small for the lines. */
const smallQueue = 4_000_000;
const manyLines = 40_000;

const testWaiting = (program: string): Mocha.Suite =>
  describe("a log agent whose queue is full", function () {
    this.timeout("4m");
    const backend = new LogBackend();
    const folder = temporaryFolder();
    let agent: LocalLogAgent;

    before(async () => {
      backend.status = 503;
      const change = { diskQueueBytes: smallQueue };
      agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())], change, program);
      const lines = Array.from({ length: manyLines }, (_, i) => line(i, "x".repeat(200)));
      agent.append("shop_web-1_0/server", lines.join(""));
      agent.start();
      await eventually(() => (backend.offered.length > 0 ? true : undefined), "requests");
    });
    after(async () => {
      await agent.stop("SIGKILL");
      backend.close();
    });

    it("stays in the middle of a file, and reads no line", async () => {
      let [before, after] = [{ read: -1 }, await state()];
      while (before.read !== after.read) {
        await sleep(3000);
        [before, after] = [after, await state()];
      }
      assert.deepEqual(after, { read: before.read, reading: 1, refused: 0 });
      assert.ok(after.read > 0 && after.read < manyLines, `${after.read} lines are read`);
    });

    async function state(): Promise<{ read: number; reading: number; refused: number }> {
      const all = selfMetrics(await agent.selfMetrics());
      const of = (name: string): number => all.find((metric) => metric.name === `otelcol_${name}`)?.value ?? 0;
      return {
        read: of("receiver_accepted_log_records"),
        reading: of("fileconsumer_reading_files"),
        refused: of("receiver_refused_log_records") + of("receiver_failed_log_records"),
      };
    }
  });

const line = (i: number, text = ""): string => `2026-11-29T12:00:00.000000000Z stdout F line ${i} ${text}\n`;
