import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { anyAddress, podVariables } from "../../../components/collector";
import { hostPaths, ports } from "../../../components/contract";
import { stateFolder } from "../../../components/plan/log-config";
import { memoryGoal } from "../../../components/sizing";
import type { LocalConfiguration } from "./configurations";

/** Clock ticks per second. The kernel counts CPU time in clock ticks. */
const ticks = 100;

/** A collector on this machine that reads container files in a folder. */
export class LocalCollector {
  private readonly process: ChildProcess;
  private log = "";

  /**
   * @param address an address of this machine for this collector alone, so that ports do not collide
   * @param kubeconfig file for the API server
   */
  constructor(
    program: string,
    private readonly address: string,
    readonly folder: string,
    kubeconfig: string,
    { text, featureGates, memoryLimit }: LocalConfiguration,
  ) {
    const state = join(folder, "state");
    mkdirSync(state, { recursive: true });
    const file = join(folder, "relay.yaml");
    writeFileSync(
      file,
      text
        .replaceAll(hostPaths.podLogs, this.files)
        .replaceAll(new RegExp(`(directory: )${stateFolder}$`, "gm"), (_, key: string) => key + state)
        .replaceAll(`host: ${anyAddress}`, `host: ${address}`)
        .replaceAll("127.0.0.1:4319", `${address}:4319`),
    );
    const gates = featureGates.length > 0 ? [`--feature-gates=${featureGates.join()}`] : [];
    this.process = spawn(program, ["--config", file, ...gates], {
      env: {
        PATH: process.env.PATH,
        ...Object.fromEntries(Object.values(podVariables).map((name) => [name, address])),
        KUBECONFIG: kubeconfig,
        GOMEMLIMIT: `${Math.floor(memoryLimit * memoryGoal)}`,
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.process.stderr?.setEncoding("utf8").on("data", (part: string) => (this.log += part));
  }

  /** Folder with the files of containers. */
  get files(): string {
    return join(this.folder, "pods");
  }

  /** Waits until the collector runs. Throws its log if it ends instead. */
  async started(): Promise<void> {
    while (!this.log.includes("Everything is ready")) {
      if (this.process.exitCode !== null) throw new Error(`The collector ended.\n${this.log}`);
      await sleep(50);
    }
  }

  /** Seconds of CPU time that the collector has used. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  }

  /** The most bytes of memory that the collector has had. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** Waits until a backend has accepted this number of records. */
  async sent(records: number): Promise<void> {
    const end = Date.now() + 240_000;
    for (;;) {
      const sum = await this.sentRecords().catch(() => 0);
      if (sum === records) return;
      if (sum > records || Date.now() > end) {
        throw new Error(`${sum} records were sent for ${records} lines.\n${this.log.slice(-2000)}`);
      }
      await sleep(100);
    }
  }

  private async sentRecords(): Promise<number> {
    const response = await fetch(`http://${this.address}:${ports.selfMetrics}/metrics`);
    const counters = (await response.text()).matchAll(/^otelcol_exporter_sent_log_records\{.*\} (\S+)$/gm);
    return [...counters].reduce((total, [, value]) => total + Number(value), 0);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
  }
}
