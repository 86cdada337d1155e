import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { anyAddress, podVariables } from "../../../components/collector";
import { ports } from "../../../components/contract";
import { memoryGoal } from "../../../components/sizing";
import { bin } from "../../../lab/host";
import { eventually } from "../../e2e/support/eventually";
import { startApiServer, type ApiServer } from "../../versions/api-server";
import { Collector } from "./collector";
import type { Configured } from "./testbed";

const mebibyte = 1024 * 1024;

/** The folder of `otelcol-contrib` and `probe`. BENCH_BIN names other builds, such as one with symbols to profile. */
const programs = process.env["BENCH_BIN"] ?? bin;

/** The node on which all pods are. */
export const localNode = "node";

/**
 * Runs collectors and probes as processes of this machine, without a cluster. Each has its own loopback address, and an
 * API server has the pods that the collectors look up. CPU time is the time that the kernel counted for a process, so
 * other load on the machine makes a measurement longer, but changes its result little.
 */
export class LocalMachine {
  private readonly folder = mkdtempSync(join(tmpdir(), "bench-"));
  private readonly running = new Map<string, ChildProcess>();
  private apiServer: ApiServer | undefined;

  /** Runs a measurement, and always ends all processes. */
  static async use(pods: readonly V1Pod[], act: (machine: LocalMachine) => Promise<void>): Promise<void> {
    const machine = new LocalMachine();
    try {
      machine.apiServer = await startApiServer({ pods }, machine.folder);
      await act(machine);
    } finally {
      await machine.stop([...machine.running.keys()]);
      machine.apiServer?.stop();
      rmSync(machine.folder, { recursive: true });
    }
  }

  /** Starts a probe that listens at an address. */
  async startProbe(address: string, args: readonly string[]): Promise<void> {
    const process = this.start(address, join(programs, "probe"), args, { PROBE_HOST: address });
    await answers(process, `http://${address}:8080/healthz`);
  }

  /** Starts a collector of one of our configurations or of a bare one. */
  async startCollector(
    address: string,
    { configuration, memoryLimit, gcPercent = 100 }: Configured,
  ): Promise<Collector> {
    const file = join(this.folder, `${address}.yaml`);
    writeFileSync(file, locally(configuration, address, memoryLimit));
    const env = {
      [podVariables.ip]: address,
      [podVariables.node]: localNode,
      [podVariables.hostIp]: "192.0.2.1",
      [podVariables.hostIps]: "192.0.2.1",
      [podVariables.clusterUid]: "uid",
      KUBECONFIG: join(this.folder, "kubeconfig"),
      GOMEMLIMIT: `${Math.floor(memoryLimit * memoryGoal)}`,
      GOGC: `${gcPercent}`,
    };
    const child = this.start(address, join(programs, "otelcol-contrib"), ["--config", file], env);
    await answers(child, `http://${address}:${ports.health}/`);
    return new LocalCollector(address, child.pid ?? NaN);
  }

  async stop(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      const child = this.running.get(address);
      this.running.delete(address);
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  private start(address: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (more: string) => (log = (log + more).slice(-10_000)));
    child.on("exit", () => {
      // An end of the process is an error, except at the end of the measurement.
      if (this.running.get(address) === child) console.error(`${program} at ${address} ended:\n${log}`);
    });
    this.running.set(address, child);
    return child;
  }
}

/** Replaces the parts that only a pod has. The memory limit is that of a container, so it becomes a number. */
function locally(configuration: string, address: string, memoryLimit: number): string {
  const percentOfLimit = (percent: string): number => Math.floor((memoryLimit * Number(percent)) / 100 / mebibyte);
  return configuration
    .replaceAll("auth_type: serviceAccount", "auth_type: kubeConfig")
    .replaceAll("127.0.0.1:4319", `${address}:4319`)
    .replaceAll(`host: ${anyAddress}`, `host: ${address}`)
    .replace(/limit_percentage: (\d+)/g, (_, percent: string) => `limit_mib: ${percentOfLimit(percent)}`);
}

/** Waits until a process is ready. Another process may have its address, so it must also be alive. */
async function answers(child: ChildProcess, url: string): Promise<void> {
  await eventually(async () => {
    if (child.exitCode === null && !(await fetch(url)).ok) throw new Error(`${url} is not ready`);
  }, 120);
  if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended`);
}

class LocalCollector extends Collector {
  constructor(
    address: string,
    private readonly pid: number,
  ) {
    super(address);
  }

  /** Returns the CPU time of all threads, in nanoseconds from the kernel's scheduler: `stat` has only hundredths of a second. */
  override cpuSeconds(): Promise<number> {
    const tasks = `/proc/${this.pid}/task`;
    const nanoseconds = readdirSync(tasks).map((task) =>
      Number(readFileSync(join(tasks, task, "schedstat"), "utf8").split(" ")[0]),
    );
    return Promise.resolve(nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9);
  }
}
