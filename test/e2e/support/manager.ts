import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { eventually } from "./eventually";
import { killAll } from "./process-tree";

const root = resolve(__dirname, "../../..");

/** A stack on the real engine with its own folder for settings, and managers of this stack. */
export class ManagedStack {
  readonly folder = mkdtempSync(join(tmpdir(), "telemetry-manager-"));
  private readonly env: NodeJS.ProcessEnv;
  private manager: ChildProcess | undefined;
  private port = 0;
  /** Everything that managers have printed. */
  log = "";

  constructor(readonly stack: string) {
    const state = join(this.folder, "backend");
    mkdirSync(state);
    this.env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "e2e",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  async create(): Promise<void> {
    await this.pulumi("stack", "init", this.stack);
    // The engine leaves a settings file in the project, but these settings are elsewhere.
    rmSync(join(root, `Pulumi.${this.stack}.yaml`), { force: true });
  }

  /** Writes the stack's settings. Keys have no project name. */
  configure(configuration: Readonly<Record<string, unknown>>): void {
    const config = Object.fromEntries(Object.entries(configuration).map(([key, value]) => [`telemetry:${key}`, value]));
    this.write(`Pulumi.${this.stack}.yaml`, stringify({ config }));
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  async start(...args: string[]): Promise<void> {
    this.port = await freePort();
    const program = ["--import", "tsx", "manager/main.ts", "--stack", this.stack, "--folder", this.folder];
    const where = ["--state", join(this.folder, "manager"), "--metrics-port", String(this.port)];
    const manager = spawn(process.execPath, [...program, ...where, ...args], { cwd: root, env: this.env });
    this.manager = manager;
    for (const stream of [manager.stdout, manager.stderr]) {
      stream.on("data", (text: Buffer) => (this.log += text.toString()));
    }
  }

  /** Waits until a manager prints something that it has not printed before `from`. Returns the seconds that passed. */
  async prints(pattern: RegExp, from: number, seconds = 300): Promise<number> {
    const start = Date.now();
    await eventually(() => {
      if (!pattern.test(this.log.slice(from))) {
        throw new Error(`${String(pattern)} is not in the manager's output:\n${this.log.slice(from)}`);
      }
      return Promise.resolve();
    }, seconds);
    return (Date.now() - start) / 1000;
  }

  /** Whether the manager that was started last has ended by itself. */
  get hasEnded(): boolean {
    return this.manager !== undefined && this.manager.exitCode !== null;
  }

  /** Returns the value of the first sample whose line begins with `start`, or 0. */
  async metric(start: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const line = text.split("\n").find((one) => one.startsWith(start));
    return line === undefined ? 0 : Number(line.split(" ").at(-1));
  }

  /** Returns the manager's status page. */
  async page(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}/`)).text();
  }

  /** Kills all processes at once, as the end of the manager's container does. */
  kill(): void {
    if (this.manager?.pid !== undefined) killAll(this.manager.pid);
    this.manager = undefined;
  }

  /** Asks the manager to end, and waits. Returns its exit code. */
  async stop(): Promise<number | null> {
    const { manager } = this;
    this.manager = undefined;
    if (manager === undefined || manager.exitCode !== null) return manager?.exitCode ?? 0;
    const ended = new Promise<number | null>((done) => manager.once("close", (code) => done(code)));
    manager.kill("SIGTERM");
    return ended;
  }

  async state(): Promise<string> {
    return this.pulumi("stack", "export", "--stack", this.stack);
  }

  async dispose(): Promise<void> {
    await this.stop();
    const settings = join(this.folder, `Pulumi.${this.stack}.yaml`);
    await this.pulumi("destroy", "--yes", "--skip-preview", "--stack", this.stack, "--config-file", settings);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private pulumi(...args: string[]): Promise<string> {
    return new Promise((done, fail) => {
      const child = spawn("pulumi", [...args, "--non-interactive"], { cwd: root, env: this.env });
      let output = "";
      child.stdout.on("data", (text: Buffer) => (output += text.toString()));
      child.stderr.on("data", (text: Buffer) => (output += text.toString()));
      child.on("error", fail);
      child.on("close", (code) => (code === 0 ? done(output) : fail(new Error(output))));
    });
  }
}

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}
