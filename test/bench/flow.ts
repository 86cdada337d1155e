import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { get } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { Requests } from "./flow/api-server";
import type { Cost } from "./flow/checker";
import { readOptions, type Options } from "./flow/options";
import { scenes, type Scene } from "./flow/scenes";

/**
 * Measures the costs of the proof of delivery by the number of nodes: seconds, requests to the API server and memory. The
 * check and its Kubernetes client are the real ones, in their own process; the cluster is `flow/api-server.ts`.
 */
const kinds = ["workload", "pods", "counters", "canaries", "log", "targets", "annotated"] as const;

interface Measured extends Cost {
  readonly scene: Scene;
  readonly requests: Requests;
}

function start(file: string, argument: unknown): ChildProcess {
  const program = ["--import", "tsx", join(__dirname, "flow", file), JSON.stringify(argument)];
  return spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
}

async function measure(scene: Scene, { latency, timeout }: Options): Promise<Measured> {
  const server = start("api-server.ts", [scene, latency]);
  try {
    const lines = createInterface({ input: server.stdout ?? process.stdin });
    const [port] = (await once(lines, "line")) as [string];
    const checker = start("checker.ts", [scene, Number(port), timeout]);
    const cost = JSON.parse(await text(checker.stdout ?? process.stdin)) as Cost;
    return { ...cost, scene, requests: await requestsOf(Number(port)) };
  } finally {
    server.stdin?.end();
  }
}

function requestsOf(port: number): Promise<Requests> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: "/requests", rejectUnauthorized: false }, (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer) as Requests), reject);
    }).on("error", reject);
  });
}

const total = ({ requests }: Measured): number => Object.values(requests).reduce((sum, count) => sum + count, 0);

function row({ scene, seconds, cpuSeconds, peakMemory, verdicts, requests, ...rest }: Measured): object {
  return {
    scene: scene.name,
    nodes: scene.nodes,
    seconds: Number(seconds.toFixed(1)),
    "CPU s": Number(cpuSeconds.toFixed(1)),
    "peak MiB": Math.round(peakMemory),
    requests: total({ scene, seconds, cpuSeconds, peakMemory, verdicts, requests, ...rest }),
    ...Object.fromEntries(kinds.map((kind) => [kind, requests[kind] ?? 0])),
    verdicts: Object.entries(verdicts)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(", "),
  };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const all: Measured[] = [];
  for (const scene of scenes(options.nodes).filter(({ name }) => options.scenes.test(name))) {
    const measured = await measure(scene, options);
    console.log(`${scene.nodes} nodes, ${scene.name}: ${measured.seconds.toFixed(1)} s`);
    all.push(measured);
  }
  console.table(all.map(row));
  const [least, most] = [3, Math.max(...options.nodes)];
  const of = (nodes: number): Measured | undefined => all.find(({ scene }) => scene.nodes === nodes);
  const [few, many] = [of(least), of(most)];
  const withTargets = all.find(({ scene }) => scene.annotated > 0 && scene.nodes === most);
  if (many && withTargets) {
    const difference = (value: (measured: Measured) => number): number => value(withTargets) - value(many);
    console.log(
      `evidence about the targets of agents, ${most} nodes: ${difference(total)} requests and ` +
        `${difference(({ seconds }) => seconds).toFixed(1)} s more than without agents`,
    );
  }
  if (few && many && few !== many) {
    const ratio = (value: (measured: Measured) => number): string => (value(many) / value(few)).toFixed(1);
    console.log(`requests ratio of ${most} to ${least} nodes: ${ratio(total)}`);
    console.log(`check seconds ratio of ${most} to ${least} nodes: ${ratio(({ seconds }) => seconds)}`);
  }
}

void main();
