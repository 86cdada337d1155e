import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import {
  ConcurrentUpdateError,
  LocalWorkspace,
  StackNotFoundError,
  type EngineEvent,
  type OutputMap,
  type Stack,
} from "@pulumi/pulumi/automation";
import type { FlowTargets, PipelineStatus } from "../components/verification";
import type { Snapshot } from "./stack-inputs";
import type { Updating } from "./lease";
import { areAbandoned, lockOwners } from "./locks";
import { changedResources, failedEnding, hear, nothingSaid, type Ending, type Said } from "./engine-report";

/** What a stack says about its pipelines. */
export interface StackOutputs {
  readonly namespace?: string;
  readonly pipelines?: readonly PipelineStatus[];
  readonly verification?: FlowTargets;
}

export interface Ended extends Ending {
  /** Resources that were touched. */
  readonly changes: number;
  /** Of an update that went well. */
  readonly outputs?: StackOutputs;
}

export interface UpdateOptions {
  /** Looks at what is really there first, and puts it right. */
  readonly refresh: boolean;
  /** Updates that managers before have begun and not ended. */
  readonly abandoned: readonly Updating[];
  /** Ends the update early; what is under way is finished. */
  readonly signal?: AbortSignal;
}

/** Updates of one stack by the real engine. */
export class Engine {
  private stack: Stack | undefined;

  constructor(
    /** Folder of `Pulumi.yaml`. */
    private readonly project: string,
    private readonly stackName: string,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * A preview that the policy pack judges, then the update. Rules about several objects speak at the end of a preview,
   * and without one only when the update is done.
   */
  async update({ settings, policies }: Snapshot, options: UpdateOptions): Promise<Ended> {
    const { refresh, signal } = options;
    let said: Said = nothingSaid;
    const common = {
      configFile: settings,
      color: "never" as const,
      suppressProgress: true,
      signal,
      onEvent: (event: EngineEvent) => void (said = hear(said, event)),
      ...(policies && { policyPacks: ["policy"], policyPackConfigs: [policies] }),
    };
    try {
      const stack = await this.selected();
      await stack.preview(common);
      said = nothingSaid;
      const up = () => stack.up({ ...common, refresh, showSecrets: false });
      const { outputs } = await up().catch(async (error: unknown) => {
        if (!this.isLeftBehind(error, options.abandoned)) throw error;
        this.log("The update that the manager before has begun was not ended; its lock is taken away.");
        await stack.cancel();
        return up();
      });
      return { outcome: "done", message: "", changes: changedResources(said), outputs: values(outputs) };
    } catch (error) {
      if (error instanceof ConcurrentUpdateError) return { outcome: "locked", message: locked(error), changes: 0 };
      const thrown = error instanceof Error ? error.message : String(error);
      return { ...failedEnding(said, thrown), changes: changedResources(said) };
    }
  }

  private isLeftBehind(error: unknown, abandoned: readonly Updating[]): boolean {
    if (!(error instanceof ConcurrentUpdateError)) return false;
    return areAbandoned(lockOwners(error.message), abandoned, { host: hostname(), isEngine });
  }

  /** Throws when there is no such stack: the manager keeps stacks, it does not begin them. */
  async check(): Promise<void> {
    await this.selected();
  }

  private async selected(): Promise<Stack> {
    const { stackName, project: workDir } = this;
    try {
      return (this.stack ??= await LocalWorkspace.selectStack({ stackName, workDir }));
    } catch (error) {
      if (!(error instanceof StackNotFoundError)) throw error;
      throw new Error(`There is no stack ${stackName}. Bring it up once: npm run up -- --stack ${stackName}`);
    }
  }
}

function locked(error: ConcurrentUpdateError): string {
  const [owner] = lockOwners(error.message);
  const who =
    owner === undefined ? "" : ` of ${owner.host} (pid ${owner.pid}) since ${new Date(owner.at).toISOString()}`;
  return (
    `The stack is locked by another update${who}. It is tried again until that has ended; ` +
    "if nothing of it runs any more, take the lock away with pulumi cancel."
  );
}

function values(outputs: OutputMap): StackOutputs {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]));
}

/** Whether a process of this machine is an engine: numbers of processes are used again. */
function isEngine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch {
    return false;
  }
}
