import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readData } from "../../components/verification/data-evidence";
import { readUnreadableFiles } from "../../components/verification/unreadable-files";
import { eventually, temporaryFolder } from "../unit/helpers/temp";
import { LocalLogAgent, LogBackend, logsPipeline } from "./local-log-agent";

/** Containers that write. A receiver keeps fewer files open. */
const writers = 40;

/** Tests what a collector reports about files, on which the check depends. */
export const testFiles = (program: string): Mocha.Suite =>
  describe("files of containers, as the log agent reports them", function () {
    this.timeout(60_000);
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
      assert.equal(await openFiles(), 0);
    });

    it("are open in part only if there are many, although all are read", async () => {
      for (let i = 0; i < writers; i++) agent.append(`shop_pod-${i}_0/server`, line(i));
      await eventually(() => (backend.received.length >= writers ? true : undefined), "records");
      const open = (await openFiles()) ?? 0;
      assert.ok(open > 0 && open <= writers - 8, `${open} files are open`);
    });
  });

const line = (i: number): string => `2026-11-29T12:00:00.000000000Z stdout F line ${i}\n`;
