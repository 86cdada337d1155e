import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { lateReportInterval } from "../../components/inputs";
import { LocalLogAgent, LogBackend, logsPipeline, type ReceivedLog } from "./local-log-agent";
import { eventually, temporaryFolder } from "../unit/helpers/temp";
import { testFiles } from "./container-log-file-tests";
import { testPods } from "./container-log-pod-tests";
import { lines, parts, unsplit, type Line } from "./container-lines";
import { readCounters } from "../../components/verification/counters";
import { readData } from "../../components/verification/data-evidence";
import { lateWindow, readLateLines, type LateLine } from "../../components/verification/late-lines";
import { readLongLines } from "../../components/verification/look-at-container-logs";

const mebibyte = 1024 * 1024;
const pod = "shop_web-1_0b9c0000-0000-4000-8000-00000000000a";

/** The parts of a record that depend on the lines of the table. */
const seen = ({ body, attributes, severity, severityText, traceId, spanId, flags }: ReceivedLog): object => {
  const { "log.file.path": path, ...others } = attributes;
  void path;
  return JSON.parse(
    JSON.stringify({ body, attributes: others, severity, severityText, traceId, spanId, flags }, (_, value: unknown) =>
      typeof value === "bigint" ? `${value}n` : value,
    ),
  ) as object;
};

const container = (i: number): string => `${pod}/c${String(i).padStart(3, "0")}`;

/** Tests how a collector makes records of lines, and what its own metrics report about that. */
export function testContainerLogs(program: string): void {
  testLines(program);
  testPods(program);
  testLongLines(program);
  testLateLines(program);
  testFiles(program);
  testLargeRecords(program);
}

const testLines = (program: string) =>
  describe("lines of containers, as a backend receives them", function () {
    this.timeout("4m");
    const backend = new LogBackend();
    const folder = temporaryFolder();
    let agent: LocalLogAgent;

    before(async () => {
      const address = await backend.listen();
      const served = [logsPipeline("kept", address), logsPipeline("bare", address, { keepOriginalBody: false })];
      agent = new LocalLogAgent(folder, served, {}, program);
      lines.forEach(({ written }, i) => agent.append(container(i), written));
      agent.start();
      const expected = lines.reduce((sum, { records }) => sum + records.length, 0);
      await eventually(
        () => (of("kept").length >= expected && of("bare").length >= expected ? true : undefined),
        "records",
      ).catch(() => undefined);
    });
    after(async () => {
      await agent.stop();
      backend.close();
    });

    const of = (pipeline: string, i?: number): ReceivedLog[] =>
      backend.received.filter(
        ({ path, resource }) =>
          path === `/${pipeline}` && (i === undefined || resource["k8s.container.name"] === container(i).split("/")[1]),
      );

    lines.forEach(({ what, records }: Line, i) => {
      it(what, () => {
        assert.deepEqual(of("kept", i).map(seen), records);
      });
    });

    it("lack the original line of a JSON record in a pipeline that does not keep it", () => {
      lines.forEach(({ records }, i) => {
        const bare = records.map(({ attributes, ...rest }) => {
          const { "log.original": original, ...others } = attributes;
          void original;
          return { ...rest, attributes: others };
        });
        assert.deepEqual(of("bare", i).map(seen), bare);
      });
    });

    it("name their container and their scope", () => {
      const [first] = of("kept", 0);
      assert.deepEqual(first?.resource, {
        "k8s.cluster.uid": "127.0.0.1",
        "k8s.namespace.name": "shop",
        "k8s.pod.name": "web-1",
        "k8s.pod.uid": "0b9c0000-0000-4000-8000-00000000000a",
        "k8s.container.name": "c000",
        "k8s.container.restart_count": "0",
      });
      assert.equal(first.scope, "telemetry-pipelines/container-logs");
      assert.equal(first.time, "1764374400123456789");
    });

    it("are counted by the collector's own metrics, as the check reads them", async () => {
      const expected = lines.reduce((sum, { records }) => sum + records.length, 0);
      const sent = (text: string): (number | undefined)[] => {
        const { exporters } = readCounters(text);
        return ["kept", "bare"].map((name) => exporters[`otlp_http/logs-${name}`]?.sent);
      };
      // The backend has the last records before the collector has its answer.
      const text = await eventually(async () => {
        const text = await agent.selfMetrics();
        return sent(text).every((count = 0) => count >= expected) ? text : undefined;
      }, "counters");
      const { containerLogs } = readData(text);
      assert.deepEqual(containerLogs?.records, { "filelog/logs-bare": expected, "filelog/logs-kept": expected });
      assert.ok(containerLogs.openFiles > 0);
      assert.deepEqual(sent(text), [expected, expected]);
    });

    it("cause no warning in the log of the log agent", () => {
      assert.deepEqual(
        // The oldest collector's library for metrics writes about exemplars that are too long, when its metrics are read.
        // The lines of the table are old, and the log agent may report that it reads them late.
        agent.warnings().filter((line) => !/deprecated|exemplar labels|line-is-late/.test(line)),
        [],
      );
    });
  });

const testLongLines = (program: string) =>
  describe("a line of a container that exceeds the limit", function () {
    this.timeout("4m");
    const folder = temporaryFolder();
    const backend = new LogBackend();
    const written = {
      "as-long-as-allowed": parts("ü".repeat(mebibyte / 2)),
      split: parts("x".repeat(2.5 * mebibyte)),
      unsplit: unsplit("y".repeat(1.5 * mebibyte)),
    };
    let agent: LocalLogAgent;

    before(async () => {
      agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())], {}, program);
      for (const [name, text] of Object.entries(written)) agent.append(`${pod}/${name}`, text);
      agent.start();
      await eventually(() => (Object.keys(written).flatMap(sizes).length >= 6 ? true : undefined), "records");
    });
    after(async () => {
      await agent.stop();
      backend.close();
    });

    const sizes = (container: string): number[] =>
      backend.received
        .filter(({ resource }) => resource["k8s.container.name"] === container)
        .map(({ body }) => Buffer.byteLength(String(body)));
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

    it("arrives complete, in several records", () => {
      assert.deepEqual(sizes("as-long-as-allowed"), [mebibyte]);
      assert.deepEqual([sizes("split").length, sum(sizes("split"))], [3, 2.5 * mebibyte]);
      assert.deepEqual([sizes("unsplit").length, sum(sizes("unsplit"))], [2, 1.5 * mebibyte]);
    });

    it("is reported with its pipeline and its container, without its text", () => {
      const log = agent.warnings();
      const reported = readLongLines(log.join("\n")).map(({ receiver, container }) => `${receiver}: ${container}`);
      assert.deepEqual(reported.sort(), [
        ...["split", "split", "unsplit"].map((name) => `filelog/logs-a: shop/web-1 (${name})`),
      ]);
      assert.deepEqual(
        log.filter((line) => /xxx|yyy/.test(line)),
        [],
      );
    });
  });

const testLateLines = (program: string) =>
  describe("a log agent that reads a container's lines late", function () {
    this.timeout((lateWindow + 240) * 1000);
    const folder = temporaryFolder();
    const backend = new LogBackend();
    const age = 90_000;
    let agent: LocalLogAgent;

    before(async () => {
      agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())], {}, program);
      agent.start();
      await agent.ready();
    });
    after(async () => {
      await agent.stop("SIGKILL");
      backend.close();
    });

    /**
     * Returns the reports of the first interval that has some. They come at one moment of it, and the log agent must read
     * then, so it gets more before than it can read until then. Without time on a processor, it can still read nothing at
     * that moment, so there are as many attempts as the status allows.
     */
    const firstReports = async (write: () => void): Promise<readonly LateLine[]> => {
      const interval = lateReportInterval * 1000;
      for (let attempt = 0; attempt < lateWindow / lateReportInterval; attempt++) {
        await sleep(interval - ((Date.now() + 2000) % interval));
        write();
        await sleep(4000);
        const found = readLateLines(agent.warnings().join("\n"), "node-1", Date.now());
        if (found.length > 0) return found;
      }
      throw new Error("no interval had a report");
    };

    it("reports some of them in its log, with pipeline, container and lag", async () => {
      const line = (at: number, text: string): string => `${new Date(at).toISOString()} stdout F ${text}\n`;
      agent.append(`${pod}/early`, line(Date.now(), "a line in time"));
      const begin = Date.now();
      const text = Array.from({ length: 20_000 }, (_, i) => line(begin - age, `line ${i} of a container that is late`));
      const late = { text: text.join(""), written: 0 };
      const reports = await firstReports(() => {
        for (const end = late.written + 200e6; late.written < end; late.written += late.text.length)
          agent.append(`${pod}/late`, late.text);
      });
      const seconds = (Date.now() - begin) / 1000;
      assert.deepEqual(
        [...new Set(reports.map(({ receiver, container, node }) => `${receiver} ${container} ${node}`))],
        ["filelog/logs-a shop/web-1 (late) node-1"],
      );
      for (const { lag } of reports) assert.ok(lag >= age / 1000 && lag < age / 1000 + seconds, `${lag} seconds`);
      const offsets = reports.map(({ offset }) => offset);
      const isWithin =
        offsets.every((offset, i) => offset > (offsets[i - 1] ?? 0)) && (offsets.at(-1) ?? 0) < late.written;
      assert.ok(isWithin, offsets.join());
      assert.ok(reports.length < 100, `${reports.length} reports`);
    });
  });

/** Repeats bytes until they have a length. */
const filled = (bytes: Uint8Array | string, length: number): Buffer => Buffer.alloc(length, bytes);
const broken = Uint8Array.of(0x61, 0xff);
const jsonOf = (middle: Buffer | string): Buffer =>
  Buffer.concat([Buffer.from('{"message":"m","a":["'), Buffer.from(middle), Buffer.from('"]}')]);
const numbers = (length: number, text = ""): string =>
  `{"message":"m","text":"${text}","a":[${"-1,".repeat((length - 40) / 3)}-1]}`;
const fields = (length: number): string =>
  `{"message":"m",${Array.from({ length: length / 10 }, (_, i) => `"${i}":0`).join()}}`;

/** Large lines, with the bytes of the body of their records. */
const largeLines: Readonly<Record<string, { readonly written: Buffer; readonly body: number }>> = {
  "bytes-that-are-not-utf-8": { written: parts(filled(Uint8Array.of(0xff), mebibyte)), body: 3 },
  "broken-text": { written: parts(filled(broken, mebibyte)), body: 2 * mebibyte },
  "broken-text-in-long-parts": {
    written: parts(filled(broken, 1.75 * mebibyte), 0.875 * mebibyte),
    body: 1.75 * mebibyte,
  },
  "numbers-of-json": { written: parts(numbers(12_000, "x".repeat(mebibyte / 2 - 12_000))), body: 1 },
  "too-many-fields-of-json": { written: parts(fields(mebibyte / 2)), body: fields(mebibyte / 2).length },
  "too-many-numbers-of-json": { written: parts(numbers(mebibyte / 2)), body: numbers(mebibyte / 2).length },
  "too-long-json": { written: parts(jsonOf(filled("x", mebibyte - 30))), body: mebibyte - 6 },
  "broken-json": { written: parts(jsonOf(filled(broken, mebibyte / 4 - 30))), body: 1 },
  "too-much-broken-json": { written: parts(jsonOf(filled(broken, mebibyte / 2 - 30))), body: mebibyte - 36 },
};

const testLargeRecords = (program: string) =>
  describe("records of large lines", function () {
    this.timeout("4m");
    const folder = temporaryFolder();
    const backend = new LogBackend();
    const names = Object.keys(largeLines);
    const neighbours = Array.from({ length: 30 }, (_, i) => `neighbour-${i}`);
    let agent: LocalLogAgent;

    before(async () => {
      agent = new LocalLogAgent(folder, [logsPipeline("a", await backend.listen())], {}, program);
      agent.start();
      await agent.ready();
      for (const [name, { written }] of Object.entries(largeLines)) {
        // Files with the same first 1000 bytes would count as one file.
        agent.append(`${pod}/${name}`, Buffer.concat([unsplit(name), written, unsplit("after")]));
      }
      for (const name of neighbours) agent.append(`${pod}/${name}`, unsplit(name));
      const expected = 3 * names.length + neighbours.length;
      await eventually(() => (backend.received.length >= expected ? true : undefined), "records").catch(
        () => undefined,
      );
    });
    after(async () => {
      await agent.stop();
      backend.close();
    });

    const bodies = (container: string): string[] =>
      backend.received
        .filter(({ resource }) => resource["k8s.container.name"] === container)
        .map(({ body }) => String(body));

    for (const [name, { body }] of Object.entries(largeLines)) {
      it(`arrive with the lines around them: ${name}`, () => {
        const [before, large = "", after] = bodies(name);
        assert.deepEqual([before, Buffer.byteLength(large), after, bodies(name).length], [name, body, "after", 3]);
      });
    }

    it("lose no line of a neighbour", () => {
      assert.deepEqual(neighbours.flatMap(bodies), neighbours);
    });

    it("are dropped by no exporter", () => {
      assert.deepEqual(
        agent.warnings().filter((line) => /dropping/.test(line)),
        [],
      );
    });
  });
