/** Helpers of the cluster's tests: they run programs, send requests to the cluster, and wait. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Folder of the built programs. */
export const bin = resolve(root, process.env["CLUSTER_BIN"] ?? ".toolchain/bin");

/** State folder of the cluster under test, which runs already. */
export const state = resolve(root, process.env["CLUSTER_STATE"] ?? ".cluster");

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  uid?: number;
  cwd?: string;
  timeout?: number;
}

/** Runs a program to its end, whatever its exit code. */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((done) => {
    const { input, timeout = 300_000, ...rest } = options;
    const child = execFile(program, args, { maxBuffer: 64 << 20, timeout, ...rest }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      done({ code, stdout, stderr: stderr || (code === 0 ? "" : (error?.message ?? "")) });
    });
    child.stdin?.on("error", () => undefined); // a program may end without reading; its exit code shows why
    child.stdin?.end(input);
  });
}

/** Runs a program that must succeed and returns its output. */
export async function must(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) {
    throw new Error(`${program} ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
  }
  return stdout.trim();
}

export function cluster(...args: string[]): Promise<string> {
  return must(`${bin}/cluster`, args);
}

interface MachineStatus {
  name: string;
  address: string;
  pid: number;
  running: boolean;
  ready: boolean;
  dns: boolean;
}

export interface Status {
  up: boolean;
  name: string;
  kubeconfig: string;
  auditLog: string;
  host: string;
  pods: string;
  services: string;
  api: boolean;
  machines: MachineStatus[];
  images: { name: string; byDigest: string }[];
}

/** Returns the cluster's status. `code` is the exit code of `cluster status`. */
export async function status(folder = state): Promise<Status & { code: number }> {
  const { code, stdout, stderr } = await run(`${bin}/cluster`, ["status", "--json", "--state", folder]);
  if (stdout === "") {
    throw new Error(`cluster status: ${stderr}`);
  }
  return { ...(JSON.parse(stdout) as Status), code };
}

/** kubectl with the kubeconfig of the cluster in this folder and no other. */
export function kubectlOf(folder: string): (...args: string[]) => Promise<string> {
  return (...args) => must(`${bin}/kube`, ["kubectl", "--kubeconfig", `${folder}/kubeconfig`, ...args]);
}

export const kubectl = kubectlOf(state);

export function apply(manifest: string): Promise<string> {
  return must(`${bin}/kube`, ["kubectl", "--kubeconfig", `${state}/kubeconfig`, "apply", "-f", "-"], {
    input: manifest,
  });
}

export interface Pod {
  metadata: { name: string; uid: string };
  spec: { nodeName: string };
  status: {
    podIP: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: {
      restartCount: number;
      lastState: { terminated?: { reason: string } };
      state: { waiting?: { reason: string } };
    }[];
  };
}

export async function pods(namespace: string, selector: string): Promise<Pod[]> {
  const list = await kubectl("-n", namespace, "get", "pods", "-l", selector, "-o", "json");
  return (JSON.parse(list) as { items: Pod[] }).items;
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Repeats a check until it passes. Throws its last error when the time is over. */
export async function eventually<T>(check: () => Promise<T>, limit = 60_000): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(150);
  }
}

/** Sends HTTP GET from the host on a new connection. Returns the status code and the body. */
export function fetchText(url: string, limit = 30_000): Promise<string> {
  return new Promise((done, failed) => {
    const call = get(url, { agent: false, timeout: limit }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => (body += part));
      answer.on("end", () => done(`${answer.statusCode} ${body.trim()}`));
      answer.on("error", failed);
    });
    call.on("timeout", () => call.destroy(new Error(`no answer from ${url} within ${limit} ms`)));
    call.on("error", failed);
  });
}

/** Lets a probe pod GET a URL. Returns the answer or the error. */
export function ask(pod: Pod, url: string, timeout = "15s"): Promise<string> {
  const query = new URLSearchParams({ url, timeout });
  return fetchText(`http://${pod.status.podIP}:8080/get?${query.toString()}`).then(withoutCode);
}

export function lookup(pod: Pod, name: string): Promise<string> {
  return fetchText(`http://${pod.status.podIP}:8080/lookup?${new URLSearchParams({ name }).toString()}`).then(
    withoutCode,
  );
}

function withoutCode(answer: string): string {
  return answer.slice(answer.indexOf(" ") + 1);
}

/** Returns processes of a cluster's machine by the name of their program. The cluster's cgroup has no other processes. */
export function processes(cluster: string, machine: string, name: string): number[] {
  return readFileSync(`/sys/fs/cgroup/pids/${cluster}/${machine}/cgroup.procs`, "utf8")
    .trim()
    .split("\n")
    .map(Number)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] === name);
}
