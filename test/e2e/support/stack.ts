import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { labelKeys } from "../../../components/contract";
import { pipelineReport, type FlowTargets, type PipelineStatus } from "../../../components/verification";
import { kubectl } from "./kubectl";
import { removeNamespaces } from "./probe";
import { killAll } from "./process-tree";

/** Selects the objects of all stacks except namespaces. */
const ofStacks = `${labelKeys.partOf}=telemetry,${labelKeys.managedBy}=pulumi`;
const root = resolve(__dirname, "../../..");

export interface Result {
  readonly code: number;
  /** Standard output and error, in their order. */
  readonly output: string;
}

interface StoredResource {
  readonly type: string;
  readonly outputs?: unknown;
}

/** A stack of the real program on the real engine, with its own state and configuration, both thrown away at the end. */
export class Stack {
  private readonly folder = mkdtempSync(join(tmpdir(), "telemetry-e2e-"));
  private readonly configFile = join(this.folder, "Pulumi.e2e.yaml");
  /** The salt that encrypts the secrets of the configuration, besides the passphrase. */
  private salt: string | undefined;

  /** Variables that differ from those of the tests, from the next command on. */
  environment: NodeJS.ProcessEnv = {};

  /** For another program than this project's own, `project` is its folder and `projectName` its name. */
  constructor(
    private configuration: Readonly<Record<string, unknown>>,
    private readonly project = root,
    private readonly projectName = "telemetry",
  ) {}

  async create(): Promise<void> {
    expectSuccess(await this.pulumi(["stack", "init", "e2e"]));
    // Pulumi also leaves a settings file in the project, but these tests have their own file.
    rmSync(join(this.project, "Pulumi.e2e.yaml"), { force: true });
  }

  /** Replaces the stack's configuration. Keys have no project name. */
  configure(configuration: Readonly<Record<string, unknown>>): void {
    this.configuration = configuration;
  }

  /** Sets a secret in the configuration, as a user does with `pulumi config set --path`. */
  async setSecret(path: string, value: string): Promise<void> {
    this.writeConfiguration();
    const key = `${this.projectName}:${path}`;
    const options = ["--secret", "--path", "--stack", "e2e", "--config-file", this.configFile];
    expectSuccess(await this.pulumi(["config", "set", ...options, key, value]));
    const text = readFileSync(this.configFile, "utf8");
    if (text.includes(value)) throw new Error(`${path} was not encrypted`);
    const { config, encryptionsalt } = parse(text) as { config: Record<string, unknown>; encryptionsalt: string };
    this.salt = encryptionsalt;
    this.configuration = Object.fromEntries(
      Object.entries(config).map(([name, part]) => [name.slice(this.projectName.length + 1), part]),
    );
  }

  async up(): Promise<string> {
    return expectSuccess(await this.tryUp());
  }

  async tryUp(...args: string[]): Promise<Result> {
    return this.run("up", "--yes", "--skip-preview", ...args);
  }

  /** Runs an update that gets one or more Ctrl-C, a second apart, as soon as `isTime` is true. */
  async interruptedUp(isTime: () => boolean | Promise<boolean>, times: number): Promise<Result> {
    const interrupt = async (child: ChildProcess): Promise<void> => {
      while (child.exitCode === null && !(await isTime())) await sleep(100);
      for (let i = 0; i < times && child.kill("SIGINT"); i++) await sleep(1000);
    };
    return this.pulumi(this.command("up", "--yes", "--skip-preview"), (child) => void interrupt(child));
  }

  /**
   * Runs an update whose engine is killed as soon as `isTime` is true, as the kernel does when memory runs out. Its plugins
   * are killed with it: the one for dynamic providers would run for ever.
   */
  async killedUp(isTime: () => boolean | Promise<boolean>): Promise<Result> {
    const kill = async (child: ChildProcess): Promise<void> => {
      while (child.exitCode === null && !(await isTime())) await sleep(100);
      if (child.pid !== undefined) killAll(child.pid);
    };
    return this.pulumi(this.command("up", "--yes", "--skip-preview"), (child) => void kill(child));
  }

  /** Removes the lock of an update that was killed. */
  async unlock(): Promise<void> {
    expectSuccess(await this.pulumi(["cancel", "--yes", "--stack", "e2e"]));
  }

  async preview(...args: string[]): Promise<Result> {
    return this.run("preview", "--diff", ...args);
  }

  /** Runs a preview that the policy pack judges, with the settings in a file. */
  async judgedPreview(policyConfig: string): Promise<Result> {
    return this.run("preview", "--policy-pack", join(root, "policy"), "--policy-pack-config", policyConfig);
  }

  /** Updates the state from the cluster. */
  async refresh(): Promise<string> {
    return expectSuccess(await this.run("refresh", "--yes", "--skip-preview"));
  }

  async destroy(): Promise<string> {
    return expectSuccess(await this.run("destroy", "--yes", "--skip-preview"));
  }

  /**
   * Ends a test that is not about the end of a stack: removes the objects of the stack and these namespaces side by side,
   * without the engine, which takes longer, and forgets the stack. Other tests check that `destroy` leaves nothing.
   */
  async discard(...namespaces: string[]): Promise<void> {
    const remove = (...objects: string[]) => kubectl("delete", ...objects, "-l", ofStacks);
    await Promise.all([
      removeNamespaces("telemetry", "telemetry-logs", ...namespaces),
      remove("clusterroles,clusterrolebindings,priorityclasses"),
      remove("-n", "default", "roles,rolebindings"),
    ]);
    this.dispose();
  }

  /** Runs `npm run status` on this stack, as a user does. */
  async status(...args: string[]): Promise<Result> {
    return this.npm("status", "--stack", "e2e", ...args);
  }

  /** Runs a task of this checkout, with the state of this stack. */
  async npm(task: string, ...args: string[]): Promise<Result> {
    const context = (await kubectl("config", "current-context")).trim();
    const cli = ["--import", "tsx", join(root, "cli/main.ts"), task, ...args];
    return this.program(process.execPath, cli, { TELEMETRY_KUBE_CONTEXT: context });
  }

  async output<T>(name: string): Promise<T> {
    return JSON.parse(expectSuccess(await this.pulumi(["stack", "output", name, "--json", "--stack", "e2e"]))) as T;
  }

  /** Checks the pipelines from this process, in up to a minute. */
  async pipelineStatuses(): Promise<PipelineStatus[]> {
    const targets = await this.output<FlowTargets>("verification");
    return pipelineReport({ targets, certificates: {}, cluster: {}, timeoutSeconds: 60, previous: [] });
  }

  /** Returns the outputs of the only resource with this last part of its type, from the state. */
  async resourceOutputs<T>(type: string): Promise<T> {
    const { deployment } = JSON.parse(await this.state()) as { deployment: { resources: StoredResource[] } };
    const [found, ...others] = deployment.resources.filter((resource) => resource.type.endsWith(`:${type}`));
    if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} resources of type ${type}`);
    return found.outputs as T;
  }

  /** Returns the whole state, with encrypted secrets. */
  async state(...args: string[]): Promise<string> {
    return expectSuccess(await this.pulumi(["stack", "export", "--stack", "e2e", ...args]));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(command: string, ...args: string[]): Promise<Result> {
    return this.pulumi(this.command(command, ...args));
  }

  /** Writes the configuration, and returns the arguments of pulumi that name it. */
  private command(command: string, ...args: string[]): string[] {
    this.writeConfiguration();
    return [command, "--stack", "e2e", "--config-file", this.configFile, "--color", "never", ...args];
  }

  private writeConfiguration(): void {
    const config = Object.fromEntries(
      // Tests turn the proof on themselves: it takes time, and leaves canaries in backends whose items are counted.
      Object.entries({
        ...(this.project === root && !("manager" in this.configuration) && { verification: { mode: "off" } }),
        ...this.configuration,
        ...(this.project === root && this.chosenImages()),
      }).map(([key, value]) => [`${this.projectName}:${key}`, value]),
    );
    writeFileSync(this.configFile, stringify({ config, ...(this.salt && { encryptionsalt: this.salt }) }));
  }

  /** `E2E_COLLECTOR_IMAGE` is the image of all collectors that a test leaves at the default: see lab/README.md. */
  private chosenImages(): object {
    const image = process.env.E2E_COLLECTOR_IMAGE;
    if (!image || "manager" in this.configuration) return {};
    const settings = ["gateway", "agent", "logAgent"] as const;
    return Object.fromEntries(settings.map((key) => [key, { image, ...(this.configuration[key] as object) }]));
  }

  private pulumi(args: readonly string[], started?: (child: ChildProcess) => void): Promise<Result> {
    return this.program("pulumi", [...args, "--non-interactive"], {}, started);
  }

  private program(
    command: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    started?: (child: ChildProcess) => void,
  ): Promise<Result> {
    return new Promise((done, fail) => {
      const child = spawn(command, args, {
        cwd: this.project,
        env: {
          ...process.env,
          PULUMI_BACKEND_URL: `file://${this.folder}`,
          PULUMI_CONFIG_PASSPHRASE: "e2e",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          ...this.environment,
          ...environment,
        },
      });
      started?.(child);
      let output = "";
      child.stdout.on("data", (data: Buffer) => (output += data.toString()));
      child.stderr.on("data", (data: Buffer) => (output += data.toString()));
      child.on("error", fail);
      child.on("close", (code) => done({ code: code ?? 1, output }));
    });
  }
}

function expectSuccess({ code, output }: Result): string {
  if (code !== 0) throw new Error(`pulumi ended with ${code}:\n${output}`);
  return output;
}
