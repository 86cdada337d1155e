import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApiServer } from "../versions/api-server";
import { bare, lessThanOurs, ours, type LocalConfiguration } from "./logs/configurations";
import { ContainerFiles, namespace, podName, podUid } from "./logs/container-files";
import { LocalCollector } from "./logs/local-collector";
import { readOptions, type Lines, type Options } from "./logs/options";

/**
 * Measures the costs of the log agent: lines and bytes per second of CPU time, and memory. Compares it to a bare collector
 * that reads the same files with the parser of containers. The same program runs all of them on this machine, with an API
 * server that knows all pods. They take turns. A turn counts only if every line arrived once.
 */
const warmUpTurns = 2;
const mebibyte = 1024 * 1024;

interface Row extends Lines {
  readonly files: number;
  readonly collector: string;
  /** Thousands of lines in a second of CPU time. */
  readonly lines: number;
  /** MiB in a second of CPU time. */
  readonly mebibytes: number;
  /** Lines per second of CPU time, divided by those of the bare collector: median, lowest and highest of all turns. */
  readonly ratio: string;
  /** Most MiB of memory. */
  readonly memory: number;
}

/** A collector with the files that it reads, and its lines in a second of CPU time, by turn. */
class Subject {
  readonly speeds: number[] = [];
  private readonly files: ContainerFiles;

  constructor(
    readonly collector: LocalCollector,
    count: number,
    lines: Lines,
  ) {
    this.files = new ContainerFiles(collector.files, count, lines);
  }

  async turn(options: Options, isMeasured: boolean): Promise<void> {
    const [cpu, lines] = [this.collector.cpuSeconds(), this.files.lines];
    await this.files.turn(options);
    await this.collector.sent(this.files.lines);
    if (isMeasured) this.speeds.push((this.files.lines - lines) / (this.collector.cpuSeconds() - cpu));
    this.files.clean();
  }
}

async function measure(
  configurations: Readonly<Record<string, LocalConfiguration>>,
  lines: Lines,
  count: number,
  options: Options,
  folder: string,
): Promise<Row[]> {
  const started = Object.entries(configurations).map(([name, configuration], i) => {
    const own = join(folder, `${i}`);
    mkdirSync(own, { recursive: true });
    const kubeconfig = join(folder, "kubeconfig");
    const collector = new LocalCollector(options.collector, `127.61.50.${i + 1}`, own, kubeconfig, configuration);
    return { name, subject: new Subject(collector, count, lines) };
  });
  try {
    for (const { subject } of started) await subject.collector.started();
    for (let round = 0; round < warmUpTurns + options.rounds; round++) {
      for (const { subject } of started) await subject.turn(options, round >= warmUpTurns);
    }
    const [first] = started;
    return started.map(({ name, subject: { speeds, collector } }) => ({
      ...lines,
      files: count,
      collector: name,
      lines: round(median(speeds) / 1000, 1),
      mebibytes: round((median(speeds) * lines.bytes) / mebibyte, 1),
      ratio: spread(speeds.map((speed, i) => speed / (first?.subject.speeds[i] ?? NaN))),
      memory: Math.round(collector.peakMemory() / mebibyte),
    }));
  } finally {
    await Promise.all(started.map(({ subject }) => subject.collector.stop()));
    for (let i = 0; i < started.length; i++) rmSync(join(folder, `${i}`), { recursive: true });
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const spread = (ratios: readonly number[]): string =>
  `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;

/** A backend that accepts everything and keeps nothing. */
async function startSink(): Promise<{ readonly address: string; readonly stop: () => void }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = (): void => void (server.closeAllConnections(), server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

const pod = (i: number): object => ({
  metadata: {
    name: podName(i),
    namespace,
    uid: podUid(i),
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels: { "app.kubernetes.io/name": "web" },
  },
  spec: { nodeName: "node", containers: [{ name: "server", image: "registry/web:1.2.3" }] },
  status: { phase: "Running", podIP: "192.0.2.7", startTime: "2026-01-01T00:00:00Z" },
});

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), "telemetry-bench-"));
  const pods = Array.from({ length: Math.max(...options.files) }, (_, i) => pod(i));
  const api = await startApiServer({ pods }, folder);
  const sink = await startSink();
  const rows: Row[] = [];
  try {
    for (const kind of options.kinds) {
      for (const bytes of options.sizes) {
        for (const files of options.files) {
          const lines = { kind, bytes };
          const wanted = { backend: sink.address, compression: options.compression, lines };
          const full = ours(wanted);
          const configurations = {
            bare: bare(wanted, false),
            "bare, on disk": bare(wanted, true),
            "log agent": full,
            ...(options.parts && lessThanOurs(full)),
          };
          const measured = await measure(configurations, lines, files, options, folder);
          rows.push(...measured);
          for (const { collector, ratio } of measured.slice(1)) {
            console.log(`${kind} lines of ${bytes} bytes in ${files} files, ${collector}: ${ratio} of bare`);
          }
        }
      }
    }
  } finally {
    api.stop();
    sink.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  console.table(rows);
}

void main();
