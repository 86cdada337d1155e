import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../e2e/support/eventually";
import { kubectl, pods, type Pod } from "../../e2e/support/kubectl";

type GatewayPod = Pod & {
  readonly status: { readonly containerStatuses?: readonly { ready: boolean; restartCount: number }[] };
};

/** The gateway of one node. */
export class Gateway {
  constructor(readonly node: string) {}

  /** Changes the Service in front of the gateway without the program. `null` removes a field. */
  async routeBy(spec: Readonly<Record<string, string | null>>): Promise<void> {
    await kubectl("-n", "telemetry", "patch", "service", "telemetry-otlp", "-p", JSON.stringify({ spec }));
  }

  /** Makes another pod, which Kubernetes restarts at once when it ends for the first time. */
  async startAfresh(): Promise<void> {
    const { metadata } = await this.pod();
    await kubectl("-n", "telemetry", "delete", "pod", metadata.name);
    await eventually(async () => {
      const { metadata: next, status } = await this.pod();
      if (next.uid === metadata.uid || !isReady(status)) throw new Error("the new gateway is not ready");
    }, 60);
    // Nodes learn of the change a moment later.
    await sleep(3000);
  }

  /** Kills the gateway's process. Returns the seconds until the pod is ready again. */
  async killAndAwait(): Promise<number> {
    const { metadata, status } = await this.pod();
    const restarts = status.containerStatuses?.[0]?.restartCount ?? 0;
    process.kill(collectorOf(metadata.uid), "SIGKILL");
    const killed = Date.now();
    await eventually(async () => {
      const { status } = await this.pod();
      const now = status.containerStatuses?.[0];
      if (!now?.ready || now.restartCount === restarts) throw new Error("the gateway is not back");
    }, 60);
    return (Date.now() - killed) / 1000;
  }

  private async pod(): Promise<GatewayPod> {
    const all = (await pods("telemetry", "telemetry-otlp-gateway")) as GatewayPod[];
    const found = all.find(({ spec }) => spec.nodeName === this.node);
    if (!found) throw new Error(`${this.node} has no gateway`);
    return found;
  }
}

const isReady = ({ containerStatuses }: GatewayPod["status"]): boolean => containerStatuses?.[0]?.ready ?? false;

/** Returns the process on this machine that runs a pod's collector. */
function collectorOf(podUid: string): number {
  const uid = new RegExp(podUid.replaceAll("-", "[-_]"));
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const isItsOwn = uid.test(readFileSync(`/proc/${pid}/cgroup`, "utf8"));
      if (isItsOwn && readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("otelcol")) return Number(pid);
    } catch {
      // The process has just ended, so it is not the collector.
    }
  }
  throw new Error(`no collector of pod ${podUid} runs on this machine: the cluster's nodes must be here`);
}
