import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { anyAddress, renderYaml, type CollectorConfig } from "../../components/collector";
import { collectorVersions, ports } from "../../components/contract";
import { bin } from "../../lab/host";
import { eventually } from "../e2e/support/eventually";

/** The collectors of both ends of the supported range: version and program. */
export const collectors = [
  { version: collectorVersions.oldest, program: join(bin, "otelcol-oldest") },
  { version: collectorVersions.newest, program: join(bin, "otelcol-contrib") },
] as const;

/** An address of this machine that nothing else uses, so that the ports of a collector are free. */
export const address = "127.61.49.1";

/** A collector that runs on this machine. */
export interface Running {
  /** Pushes OTLP/JSON; returns the HTTP status. */
  push(path: string, body: object, port?: number): Promise<number>;
  /** Reads the collector's own metrics. */
  selfMetrics(): Promise<string>;
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a collector with a configuration of ours. Replaces the parts that only a pod has: its address, and the
 * service account, by a kubeconfig.
 */
export function startCollector(program: string, config: CollectorConfig, folder: string): Promise<Running> {
  return startRendered(program, renderYaml(config), folder);
}

interface Place {
  /** Address of this machine, whose last number is 1. No other process uses it or the next one. */
  readonly address: string;
  /** Seconds after which the collector must be ready. */
  readonly seconds: number;
}

/** Starts a collector with a rendered configuration of ours. */
export async function startRendered(
  program: string,
  configuration: string,
  folder: string,
  { address: own, seconds }: Place = { address, seconds: 30 },
): Promise<Running> {
  const file = join(folder, "relay.yaml");
  const text = configuration
    .replaceAll("auth_type: serviceAccount", "auth_type: kubeConfig")
    // Each discovery of targets, whose selectors have a role in another line.
    .replaceAll(/^( *)- role: .*$/gm, `$&\n$1  kubeconfig_file: ${join(folder, "kubeconfig")}`)
    .replaceAll("127.0.0.1:4319", `${own}:4319`)
    .replaceAll(`host: ${anyAddress}`, `host: ${own}`);
  writeFileSync(file, text);
  const env = {
    MY_POD_IP: own,
    MY_NODE_NAME: "node",
    MY_HOST_IP: "192.0.2.1",
    MY_HOST_IPS: "192.0.2.1",
    MY_CLUSTER_UID: "uid",
    KUBECONFIG: join(folder, "kubeconfig"),
  };
  const child = spawn(program, ["--config", file], { env, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (more: string) => (log += more));
  const running = runningCollector(child, own, () => log);
  try {
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`The collector ended.\n${log}`);
      if (!log.includes("Everything is ready")) throw new Error(`The collector is not ready.\n${log}`);
      return Promise.resolve();
    }, seconds);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

function runningCollector(child: ChildProcess, own: string, log: () => string): Running {
  return {
    push: async (path, body, port = ports.otlpHttp) => {
      const headers = { "Content-Type": "application/json" };
      const url = `http://${own}:${port}${path}`;
      const { status } = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
      return status;
    },
    selfMetrics: async () => (await fetch(`http://${own}:${ports.selfMetrics}/metrics`)).text(),
    log,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
