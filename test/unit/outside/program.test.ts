import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { outputOf } from "../../../components/outside/answer";
import { programOfProject } from "../../../components/outside/find-program";
import type { Answer } from "../../../components/outside/jobs";
import { runJob } from "../../../components/outside/run-job";
import { runJobSync } from "../../../components/outside/run-job-sync";
import { noCluster } from "../helpers/pulumi";
import { withTimeLimit } from "../../../components/cluster-access/time-limit";
import { kubeconfigOf } from "../helpers/kubeconfig";

const secret = "hunter2-hunter2";
const kubeconfig = (server: string): string => kubeconfigOf(server, { token: secret });

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program with a text on its standard input, which stays open until `end` or until the program ends. */
function start(text: string): { readonly ended: Promise<Ended>; readonly end: () => void } {
  const child = spawn(process.execPath, programOfProject(), { stdio: ["pipe", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
  child.stdin.on("error", () => undefined).write(text);
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { ended, end: () => child.stdin.end() };
}

async function answerTo(line: string): Promise<Answer> {
  const { code, stdout, stderr } = await start(`${line}\n`).ended;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return JSON.parse(stdout) as Answer;
}

/** An API server that accepts requests and never answers. */
class SilentServer {
  private readonly server: Server;
  /** Resolves with the first request. */
  readonly asked: Promise<unknown>;

  constructor() {
    this.server = createServer();
    this.asked = once(this.server, "request");
  }

  async start(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe("the program that runs jobs", function () {
  this.timeout("60s");

  it("names a job that it does not have", async () => {
    // `toString` is a property of every object.
    assert.deepEqual(await answerTo(`{"job":"toString","input":{}}`), { error: "there is no job toString" });
  });

  it("answers without a cluster as the tests of components assume", async () => {
    // `KUBECONFIG` names no file in tests.
    assert.deepEqual(await answerTo(JSON.stringify({ job: "cluster-facts", input: {} })), { error: noCluster });
  });

  it("answers with the API server's own message, without the headers of the answer", async () => {
    const message = 'servicemonitors.monitoring.coreos.com is forbidden: User "ci" cannot list them';
    const server = createServer((_request, response) => {
      response.writeHead(403, { "content-type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", status: "Failure", reason: "Forbidden", code: 403, message }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const request = { job: "read-monitors", input: { kinds: ["ServiceMonitor"], kubeconfig: kubeconfig(address) } };
    assert.deepEqual(await answerTo(JSON.stringify(request)), { error: message });
    server.close();
    server.closeAllConnections();
  });

  it("repeats nothing of a request that is not JSON", async () => {
    const answer = await answerTo(`{"job":"cluster-facts","input":{"kubeconfig":"${secret}`);
    assert.deepEqual(answer, { error: "the request is not one line of JSON" });
  });

  it("repeats nothing of a kubeconfig that it cannot read", async () => {
    const broken = `users:\n- name: u\n  user: {token: ${secret}\nclusters: []\n`;
    const request = { job: "cluster-facts", input: { kubeconfig: broken } };
    assert.deepEqual(await answerTo(JSON.stringify(request)), {
      error: "the kubeconfig is not one: correct its YAML",
    });
  });

  it("ends without an answer when its input closes before a request", async () => {
    const { ended, end } = start("");
    end();
    assert.deepEqual(await ended, { code: 1, stdout: "", stderr: "" });
  });

  it("ends in the middle of a job if its input closes", async () => {
    const server = new SilentServer();
    try {
      const input = { kubeconfig: kubeconfig(await server.start()) };
      const { ended, end } = start(`${JSON.stringify({ job: "cluster-facts", input })}\n`);
      await server.asked;
      end();
      assert.deepEqual(await ended, { code: 1, stdout: "", stderr: "" });
    } finally {
      server.stop();
    }
  });

  it("goes on with its input closed until the time that the request states, if it states one", async () => {
    const server = new SilentServer();
    try {
      const began = Date.now();
      const input = { kubeconfig: kubeconfig(await server.start()) };
      const { ended, end } = start(`${JSON.stringify({ job: "cluster-facts", input, endAfter: 2 })}\n`);
      end();
      assert.deepEqual(await ended, { code: 1, stdout: "", stderr: "" });
      assert.ok(Date.now() - began >= 2000, `${Date.now() - began} ms`);
    } finally {
      server.stop();
    }
  });
});

describe("the caller of a job", function () {
  this.timeout("60s");

  it("waits no longer than its time limit, and shows no credential then", async () => {
    const server = new SilentServer();
    try {
      const access = { kubeconfig: kubeconfig(await server.start()) };
      await assert.rejects(runJob("cluster-facts", access, 1), { message: "it took more than 1 s" });
      assert.throws(() => runJobSync("cluster-facts", access, 1), { message: "it took more than 1 s" });
    } finally {
      server.stop();
    }
  });

  it("gets the error that the job reports", async () => {
    const access = { kubeconfig: kubeconfig("http://127.0.0.1:65530") };
    const refused = { message: "connect ECONNREFUSED 127.0.0.1:65530" };
    await assert.rejects(runJob("cluster-facts", access, 30), refused);
    assert.throws(() => runJobSync("cluster-facts", access, 30), refused);
  });

  it("gets the line that names the error of a program that ended without an answer", () => {
    const end = { code: 1, stdout: "" };
    const stack = "node:internal:1\n  throw err;\n\nError: Cannot find module 'tsx'\n    at x\n\nNode.js v24.0.0\n";
    assert.throws(() => outputOf({ ...end, stderr: stack }), { message: "Error: Cannot find module 'tsx'" });
    assert.throws(() => outputOf({ ...end, stderr: "killed\n" }), { message: "killed" });
    assert.throws(() => outputOf({ ...end, stderr: "" }), {
      message: "the program ended with exit code 1 and no message",
    });
  });
});

describe("a time limit", () => {
  const late = "no answer within 0.01 s";

  it("gives the result or the error of work that is in time", async () => {
    assert.equal(await withTimeLimit(Promise.resolve(1), 1000, late), 1);
    await assert.rejects(withTimeLimit(Promise.reject(new Error("refused")), 1000, late), { message: "refused" });
  });

  it("fails with its own message when work takes longer", async () => {
    await assert.rejects(withTimeLimit(new Promise(() => undefined), 10, late), { message: late });
  });
});
