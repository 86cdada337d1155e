import { hostname } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import type { StatusPageData } from "./status-page";
import type { Finding } from "../components/schema";
import { pipelineReport, statusRequest, type FlowSample } from "../components/verification";
import { decide, recordAttempt, type Attempt, type Why } from "./decide";
import { DesiredStateReader, type DesiredState } from "./desired-state";
import { Engine, type StackOutputs, type UpdateResult } from "./engine";
import { mayHaveChanged } from "./engine-report";
import { LastGood } from "./last-good";
import { Lease, leaseName, type RunningUpdate } from "./lease";
import type { ManagerSettings } from "./manager-settings";
import { Metrics, serve } from "./report";
import { Reporter } from "./reporter";
import { settingsProblem, withUsersPaths, writeSnapshot, type Inputs, type Snapshot } from "./stack-inputs";
import { DriftWatch } from "./watch";

/** Milliseconds between two reads of the files. Watches report changes of objects at once. */
const readEvery = 1_000;
/** Milliseconds after an update in which the cluster still writes to the objects that the update changed. */
const settling = 3_000;

/** Keeps a stack in sync with its inputs and reports the status of its pipelines. */
export class StackManager {
  private readonly desired: DesiredStateReader;
  private readonly engine: Engine;
  private readonly lease: Lease;
  private readonly lastGood: LastGood;
  private readonly metrics = new Metrics();
  private readonly reporter: Reporter;
  private readonly stopping = new AbortController();
  private exitCode = 0;
  private wake: () => void = () => undefined;

  private changed: { first: number; last: number } | undefined;
  private seen: string | undefined;
  private drift: { at: number } | undefined;
  private driftWatch: DriftWatch | undefined;
  private last: Attempt | undefined;
  private abandoned: readonly RunningUpdate[] = [];
  private outputs: StackOutputs = {};
  private checkedAt = 0;
  private shown: Omit<StatusPageData, "stack"> | undefined;
  /** The number of updates that have begun. */
  private updates = 0;

  constructor(
    private readonly config: KubeConfig,
    private readonly settings: ManagerSettings,
    log: (line: string) => void,
  ) {
    const { stack, namespace, project, state } = settings;
    const onProblem = (problem: string): void => log(`warning: ${problem}`);
    this.desired = new DesiredStateReader(config, settings, settings.objects, {
      onChange: () => this.wake(),
      onProblem,
    });
    this.lastGood = new LastGood(join(state, "last-good"));
    this.engine = new Engine({ project, stack, findingsFile: join(state, "findings.jsonl"), log });
    this.lease = new Lease(config, {
      namespace,
      name: leaseName(stack),
      onWait: (holder) => log(`${holder} manages this stack. Waiting until it stops.`),
      onProblem,
      onLost: (problem) => {
        log(`The lease is lost: ${problem}. This manager ends, so that no two managers act at once.`);
        this.stop(1);
      },
    });
    const subject = () => ({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", ...this.lease.reference() });
    this.reporter = new Reporter(config, hostname(), this.metrics, subject, log);
  }

  /** Ends the current update in order. Then `run` returns. */
  stop(exitCode = 0): void {
    this.exitCode = exitCode;
    this.stopping.abort();
    this.wake();
  }

  /** Runs until `stop` is called. Returns the exit code. */
  async run(): Promise<number> {
    await this.engine.check();
    const server = await serve(this.settings.metricsPort, {
      "/": { type: "text/html; charset=utf-8", text: () => this.page() },
      "/healthz": { type: "text/plain", text: () => Promise.resolve("ok\n") },
      "/metrics": { type: this.metrics.contentType, text: () => this.metrics.text() },
    });
    this.metrics.setLeader(false);
    this.abandoned = await this.lease.acquire(this.stopping.signal);
    if (!this.stopping.signal.aborted) {
      this.metrics.setLeader(true);
      this.reporter.log(`Managing the stack ${this.settings.stack}.`);
      await this.desired.start();
    }
    while (!this.stopping.signal.aborted) await this.reconcile();
    this.desired.stop();
    this.driftWatch?.stop();
    await this.lease.release();
    server.close();
    return this.exitCode;
  }

  /** Updates the stack if that is due. Otherwise waits until something changes or is due. */
  private async reconcile(): Promise<void> {
    const desired = await this.desired.read();
    const now = Date.now();
    if (desired.fingerprint !== this.seen) {
      this.changed = { first: this.changed?.first ?? now, last: now };
      this.seen = desired.fingerprint;
    }
    const { changed, drift, last } = this;
    const decision = decide({ inputs: desired.fingerprint, changed, drift, last }, now, this.settings.pace);
    if (decision.kind === "update") return this.update(desired, decision.why);
    if (now - this.checkedAt >= this.settings.statusSeconds * 1000) this.checkPipelines(desired);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(readEvery, (decision.until ?? Infinity) - now));
      this.wake = () => (clearTimeout(timer), resolve());
    });
  }

  private async update(desired: DesiredState, why: Why): Promise<void> {
    const began = Date.now();
    this.updates++;
    this.reporter.log(`Updating: ${causes[why]}.`);
    this.driftWatch?.suspend();
    this.changed = undefined;
    this.drift = undefined;
    let result = await this.attempt(desired.inputs, why);
    if (this.stopping.signal.aborted) return;
    if (result.outcome === "refused" && (await this.desired.exclude(result.findings))) {
      // Without these objects the inputs are different, so the next turn updates again.
      this.reporter.log(`Left out until they change:\n${result.message}`);
    } else if (result.outcome === "failed" && this.settings.goBack) {
      result = await this.goBack(desired.inputs, result);
    }
    const { outcome } = result;
    this.last = recordAttempt(this.last, { inputs: desired.fingerprint, outcome, why, at: Date.now() });
    await this.reporter.updated(result, why, (Date.now() - began) / 1000);
    const { pipelines } = await this.desired.read();
    await this.reporter.pipelines(this.outputs.pipelines ?? this.reporter.statuses(), pipelines);
    this.checkedAt = Date.now();
    await this.watchDrift(mayHaveChanged(result));
  }

  /** Updates once with a snapshot of the inputs. */
  private async attempt(inputs: Inputs, why: Why): Promise<UpdateResult> {
    const problem = settingsProblem(inputs);
    if (problem) return { outcome: "refused", message: problem, findings: [], changes: 0 };
    const folder = join(this.settings.state, "current");
    const result = await this.tryOnce(writeSnapshot(folder, inputs), why !== "inputs");
    if (result.outcome === "done") this.lastGood.save(inputs);
    return {
      ...result,
      message: withUsersPaths(result.message, folder),
      findings: result.findings.map((finding): Finding => ({
        ...finding,
        path: withUsersPaths(finding.path, folder),
        problem: withUsersPaths(finding.problem, folder),
        remedy: withUsersPaths(finding.remedy, folder),
      })),
    };
  }

  private async tryOnce(snapshot: Snapshot, refresh: boolean): Promise<UpdateResult> {
    const mine = { host: hostname(), since: new Date().toISOString() };
    await this.lease.recordUpdates([...this.abandoned, mine]).catch(() => undefined);
    try {
      const { abandoned } = this;
      const result = await this.engine.update(snapshot, { refresh, abandoned, signal: this.stopping.signal });
      if (result.outputs) this.outputs = result.outputs;
      if (result.outcome !== "locked") this.abandoned = [];
      return result;
    } finally {
      await this.lease.recordUpdates(this.abandoned).catch(() => undefined);
    }
  }

  /** Undoes a failed update with the last good inputs. */
  private async goBack(inputs: Inputs, failed: UpdateResult): Promise<UpdateResult> {
    const way = this.lastGood.wayBackFrom(inputs);
    if (failed.changes === 0 || way.kind === "none" || this.stopping.signal.aborted) return failed;
    if (way.kind === "same") {
      const message = `${failed.message}\nThere is nothing to go back to: only the content of Secrets changed.`;
      return { ...failed, message };
    }
    this.reporter.log(`Failed. Going back to the last good inputs.\n${failed.message}`);
    const back = await this.tryOnce(way.snapshot, false);
    if (back.outcome !== "done") return { ...failed, message: `${failed.message}\nGoing back failed: ${back.message}` };
    const message = `${failed.message}\nWent back to the last good inputs, which now serve.`;
    return { outcome: "wentBack", message, findings: failed.findings, changes: back.changes };
  }

  /** Checks the pipelines without an update and without delaying one. The result is dropped if an update begins. */
  private checkPipelines({ pipelines }: DesiredState): void {
    this.checkedAt = Date.now();
    const { verification } = this.outputs;
    if (!verification) return;
    const { updates } = this;
    const samples: FlowSample[] = [];
    const request = statusRequest(verification, this.reporter.statuses(), {});
    pipelineReport(request, { observe: (sample) => samples.push(sample) })
      .then((statuses) => {
        if (updates !== this.updates) return undefined;
        this.shown = { targets: verification, pipelines: statuses, samples, madeAt: new Date().toISOString() };
        return this.reporter.pipelines(statuses, pipelines);
      })
      .catch((error: unknown) => this.reporter.log(`warning: the pipelines cannot be checked: ${String(error)}`));
  }

  /** Makes the status page of the last check. Returns nothing before the first check. */
  private async page(): Promise<string | undefined> {
    if (this.shown === undefined) return undefined;
    // The page's charts take long to load, and many managers never serve the page.
    const { statusPage } = await import("./status-page");
    return statusPage({ stack: this.settings.stack, ...this.shown });
  }

  /** Watches the stack's objects for drift. Their namespace is known after the first successful update. */
  private async watchDrift(changed: boolean): Promise<void> {
    const { namespace, verification } = this.outputs;
    if (namespace === undefined) return;
    const others = (verification?.collectors ?? []).flatMap((collector) => collector.namespace ?? []);
    await new Promise((resolve) => setTimeout(resolve, settling));
    // The log agent's namespace comes and goes with the pipelines.
    if (this.driftWatch?.namespaces.join() !== [namespace, ...others].join()) {
      this.driftWatch?.stop();
      const onDrift = (object: string): void => {
        if (!this.drift) this.reporter.log(`${object} differs from the stack.`);
        this.drift = { at: Date.now() };
        this.wake();
      };
      const onProblem = (problem: string): void => this.reporter.log(`warning: ${problem}`);
      this.driftWatch = new DriftWatch(this.config, [namespace, ...others], { onDrift, onProblem });
      await this.driftWatch.start();
    }
    this.driftWatch?.resume(changed);
  }
}

/** The causes of updates, for the log. */
const causes: Readonly<Record<Why, string>> = {
  first: "the manager has started",
  inputs: "the inputs of the stack have changed",
  retry: "the last update failed",
  drift: "an object of the stack was changed from outside",
  resync: "the regular update is due",
};
