import { performance } from "node:perf_hooks";
import { loadCheck } from "../../../components/verification";
import type { Scene } from "./scenes";
import { targetsOf } from "./targets";

/** The costs of a check for its process. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Memory of the process over its whole life, with the client and the compiler of the sources, in MiB. */
  readonly peakMemory: number;
  /** The number of pipelines with each verdict, and the number of pods. */
  readonly verdicts: Readonly<Record<string, number>>;
}

async function main(scene: Scene, port: number, timeoutSeconds: number): Promise<Cost> {
  const kubeconfig = JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "token" } }],
  });
  const { check, connect } = await loadCheck();
  const start = performance.now();
  const cpu = process.cpuUsage();
  const { verdicts } = await check(connect({ kubeconfig }), targetsOf(scene), { timeoutSeconds });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const counted: Record<string, number> = {};
  for (const verdict of Object.values(verdicts)) {
    const pods = "pods" in verdict ? verdict.pods : 0;
    const name = `${verdict.kind} ${typeof pods === "number" ? pods : pods.length}`;
    counted[name] = (counted[name] ?? 0) + 1;
  }
  const { maxRSS } = process.resourceUsage();
  return { seconds, cpuSeconds: (user + system) / 1e6, peakMemory: maxRSS / 1024, verdicts: counted };
}

const [scene, port, timeoutSeconds] = JSON.parse(process.argv[2] ?? "") as [Scene, number, number];
void main(scene, port, timeoutSeconds).then((cost) => {
  process.stdout.write(JSON.stringify(cost), () => process.exit(0));
});
