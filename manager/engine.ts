import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { promisify } from "node:util";
import {
  ConcurrentUpdateError,
  LocalWorkspace,
  Stack,
  type EngineEvent,
  type OutputMap,
} from "@pulumi/pulumi/automation";
import { findingsFileVariable } from "../components/contract";
import { readFindings, type Finding } from "../components/schema";
import type { FlowTargets, PipelineStatus } from "../components/verification";
import type { Outcome } from "./decide";
import { addEvent, changedResources, emptyReport, failureOf, type EngineReport } from "./engine-report";
import { isMissingStack, lockOwners } from "./engine-texts";
import type { RunningUpdate } from "./lease";
import { areAbandoned } from "./locks";
import type { Snapshot } from "./stack-inputs";

/** The outputs of a stack that the manager reads. */
export interface StackOutputs {
  readonly namespace?: string;
  readonly pipelines?: readonly PipelineStatus[];
  readonly verification?: FlowTargets;
}

/** The result of an update. */
export interface UpdateResult {
  readonly outcome: Outcome;
  /** The reason of a failure, for people. Empty after a successful update. */
  readonly message: string;
  /** The findings that the program recorded. */
  readonly findings: readonly Finding[];
  /** The number of resources that were created, changed or deleted. */
  readonly changes: number;
  /** The outputs of a successful update. */
  readonly outputs?: StackOutputs;
}

export interface UpdateOptions {
  /** Whether the update first reads the objects of the cluster and corrects their drift. */
  readonly refresh: boolean;
  /** Updates that earlier managers began and did not end. */
  readonly abandoned: readonly RunningUpdate[];
  /** Ends the update early. Operations that have begun are completed. */
  readonly signal?: AbortSignal;
}

export interface EngineOptions {
  /** The folder of `Pulumi.yaml`. */
  readonly project: string;
  readonly stack: string;
  /** The file into which the program writes its findings. */
  readonly findingsFile: string;
  readonly log: (line: string) => void;
}

/** Updates one stack with the Pulumi engine. */
export class Engine {
  private stack: Stack | undefined;

  constructor(private readonly options: EngineOptions) {}

  /**
   * Runs a preview with the policy pack, then the update. The preview comes first because rules about several objects are
   * judged at the end: without a preview, the update would be done by then.
   */
  async update({ settings, policies }: Snapshot, options: UpdateOptions): Promise<UpdateResult> {
    const { refresh, signal } = options;
    let report: EngineReport = emptyReport;
    const common = {
      configFile: settings,
      color: "never" as const,
      suppressProgress: true,
      signal,
      onEvent: (event: EngineEvent) => void (report = addEvent(report, event)),
      ...(policies && { policyPacks: ["policy"], policyPackConfigs: [policies] }),
    };
    this.clearFindings();
    try {
      const stack = await this.selected();
      await stack.preview(common);
      report = emptyReport;
      const up = () => stack.up({ ...common, refresh, showSecrets: false });
      const { outputs } = await up().catch(async (error: unknown) => {
        if (!this.isLeftBehind(error, options.abandoned)) throw error;
        this.options.log("The previous manager did not end its update. Its lock is removed.");
        await stack.cancel();
        return up();
      });
      return {
        outcome: "done",
        message: "",
        findings: [],
        changes: changedResources(report),
        outputs: values(outputs),
      };
    } catch (error) {
      if (error instanceof ConcurrentUpdateError) {
        return { outcome: "locked", message: locked(error), findings: [], changes: 0 };
      }
      const thrown = error instanceof Error ? error.message : String(error);
      const findings = readFindings(this.options.findingsFile);
      return { ...failureOf(report, findings, thrown), findings, changes: changedResources(report) };
    }
  }

  private clearFindings(): void {
    const { findingsFile } = this.options;
    mkdirSync(dirname(findingsFile), { recursive: true });
    rmSync(findingsFile, { force: true });
  }

  private isLeftBehind(error: unknown, abandoned: readonly RunningUpdate[]): boolean {
    if (!(error instanceof ConcurrentUpdateError)) return false;
    return areAbandoned(lockOwners(error.message), abandoned, { host: hostname(), isEngine });
  }

  /** Throws if the stack does not exist: the manager updates stacks and creates none. */
  async check(): Promise<void> {
    await this.selected();
  }

  private async selected(): Promise<Stack> {
    const { stack, project: workDir, findingsFile } = this.options;
    if (this.stack !== undefined) return this.stack;
    const workspace = await LocalWorkspace.create({ workDir, envVars: { [findingsFileVariable]: findingsFile } });
    workspace.selectStack = (name) => requireStack(workspace.pulumiCommand.command, name, workDir);
    return (this.stack = await Stack.select(stack, workspace));
  }
}

/**
 * Throws if the stack does not exist. Selecting it, as the library does, would change the stack of the user's own `pulumi`
 * commands in this folder; all other commands of the library name the stack.
 */
async function requireStack(pulumi: string, stack: string, cwd: string): Promise<void> {
  try {
    await promisify(execFile)(pulumi, ["stack", "--show-name", "--stack", stack, "--non-interactive"], { cwd });
  } catch (error) {
    const { stderr = "", message } = error as { readonly stderr?: string; readonly message: string };
    if (!isMissingStack(stderr)) throw new Error(stderr.trim() || message);
    throw new Error(`There is no stack ${stack}. Make it first: npm run stack -- init ${stack}`);
  }
}

function locked(error: ConcurrentUpdateError): string {
  const [owner] = lockOwners(error.message);
  const who =
    owner === undefined ? "" : ` of ${owner.host} (pid ${owner.pid}) since ${new Date(owner.at).toISOString()}`;
  return (
    `The stack is locked by another update${who}. The manager tries again until that update ends. ` +
    "If it no longer runs, remove the lock with pulumi cancel."
  );
}

function values(outputs: OutputMap): StackOutputs {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}

/** Returns whether a process of this machine is an engine. The number alone is not enough: numbers are used again. */
function isEngine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch {
    return false;
  }
}
