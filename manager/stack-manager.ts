import { hostname } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { pipelineReport, statusRequest, type FlowSample } from "../components/verification";
import type { StatusPageData } from "../cli/status-page";
import { attempted, decide, type Attempt } from "./decide";
import { Engine, type Ended, type StackOutputs } from "./engine";
import { inUsersPaths, settingsProblem, writeSnapshot, type Inputs, type Snapshot } from "./stack-inputs";
import { LastGood } from "./last-good";
import { Lease, type Updating } from "./lease";
import { mayHaveChanged } from "./engine-report";
import { Metrics } from "./report/manager-metrics";
import { serve } from "./report/server";
import { Reporter } from "./reporter";
import type { ManagerSettings } from "./manager-settings";
import { DriftWatch } from "./watch/drift-watch";
import { WantedState, type Wanted } from "./desired-state";

/** Milliseconds between two looks at files; watches tell at once. */
const lookEvery = 1_000;
/** Milliseconds after an update in which the cluster still writes what follows from it. */
const settling = 3_000;

/** Keeps a stack as its inputs say, and tells how its pipelines are. */
export class Manager {
  private readonly wantedState: WantedState;
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
  private abandoned: readonly Updating[] = [];
  private outputs: StackOutputs = {};
  private lookedAt = 0;
  private shown: Omit<StatusPageData, "stack"> | undefined;
  /** Updates that were begun. */
  private updates = 0;

  constructor(
    private readonly config: KubeConfig,
    private readonly settings: ManagerSettings,
    log: (line: string) => void,
  ) {
    const { stack, namespace } = settings;
    const trouble = (problem: string): void => log(`warning: ${problem}`);
    this.wantedState = new WantedState(config, settings, settings.objects, { change: () => this.wake(), trouble });
    this.lastGood = new LastGood(join(settings.state, "last-good"));
    this.engine = new Engine(settings.project, stack, log);
    this.lease = new Lease(config, {
      namespace,
      name: `telemetry-manager-${stack}`,
      onWait: (holder) => log(`${holder} manages this stack; waiting until it does no more.`),
      onLost: () => {
        log("The lease is lost: this manager ends, so that no two act.");
        this.stop(1);
      },
    });
    const subject = () => ({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", ...this.lease.reference() });
    this.reporter = new Reporter(config, hostname(), this.metrics, subject, log);
  }

  /** Ends what is under way and comes back from `run`. */
  stop(exitCode = 0): void {
    this.exitCode = exitCode;
    this.stopping.abort();
    this.wake();
  }

  /** Until it is stopped. Returns the exit code. */
  async run(): Promise<number> {
    await this.engine.check();
    const server = await serve(this.settings.metricsPort, {
      "/": { type: "text/html; charset=utf-8", text: () => this.page() },
      "/healthz": { type: "text/plain", text: () => Promise.resolve("ok\n") },
      "/metrics": { type: this.metrics.contentType, text: () => this.metrics.text() },
    });
    this.metrics.leads(false);
    this.abandoned = await this.lease.acquire(this.stopping.signal);
    if (!this.stopping.signal.aborted) {
      this.metrics.leads(true);
      this.reporter.log(`Managing the stack ${this.settings.stack}.`);
      await this.wantedState.start();
    }
    while (!this.stopping.signal.aborted) await this.turn();
    this.wantedState.stop();
    this.driftWatch?.stop();
    await this.lease.release();
    server.close();
    return this.exitCode;
  }

  private async turn(): Promise<void> {
    const wanted = await this.wantedState.look();
    const now = Date.now();
    if (wanted.fingerprint !== this.seen) {
      this.changed = { first: this.changed?.first ?? now, last: now };
      this.seen = wanted.fingerprint;
    }
    const { changed, drift, last } = this;
    const decision = decide({ inputs: wanted.fingerprint, changed, drift, last }, now, this.settings.pace);
    if (decision.kind === "update") return this.update(wanted, decision.why);
    if (now - this.lookedAt >= this.settings.statusSeconds * 1000) this.look(wanted);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(lookEvery, (decision.until ?? Infinity) - now));
      this.wake = () => (clearTimeout(timer), resolve());
    });
  }

  private async update(wanted: Wanted, why: string): Promise<void> {
    const began = Date.now();
    this.updates++;
    this.reporter.log(`Updating: ${reasons[why] ?? why}.`);
    this.driftWatch?.suspend();
    this.changed = undefined;
    this.drift = undefined;
    let ended = await this.attempt(wanted.inputs, why);
    if (this.stopping.signal.aborted) return;
    if (ended.outcome === "refused" && (await this.wantedState.blame(ended.message))) {
      // Without these pipelines the inputs are others, and the next turn takes them up.
      this.reporter.log(`Left out until they change:\n${ended.message}`);
    } else if (ended.outcome === "failed" && this.settings.goBack) {
      ended = await this.goBack(wanted.inputs, ended);
    }
    this.last = attempted(this.last, { inputs: wanted.fingerprint, outcome: ended.outcome, why, at: Date.now() });
    await this.reporter.updated(ended, why, (Date.now() - began) / 1000);
    const { pipelines } = await this.wantedState.look();
    await this.reporter.pipelines(this.outputs.pipelines ?? this.reporter.statuses(), pipelines);
    this.lookedAt = Date.now();
    await this.followObjects(mayHaveChanged(ended));
  }

  /** One update from inputs as they were at one moment. */
  private async attempt(inputs: Inputs, why: string): Promise<Ended> {
    const problem = settingsProblem(inputs);
    if (problem) return { outcome: "refused", message: problem, changes: 0 };
    const folder = join(this.settings.state, "current");
    const ended = await this.tryOnce(writeSnapshot(folder, inputs), why !== "inputs");
    if (ended.outcome === "done") this.lastGood.save(inputs);
    return { ...ended, message: inUsersPaths(ended.message, folder) };
  }

  private async tryOnce(snapshot: Snapshot, refresh: boolean): Promise<Ended> {
    const mine = { host: hostname(), since: new Date().toISOString() };
    await this.lease.note([...this.abandoned, mine]).catch(() => undefined);
    try {
      const { abandoned } = this;
      const ended = await this.engine.update(snapshot, { refresh, abandoned, signal: this.stopping.signal });
      if (ended.outputs) this.outputs = ended.outputs;
      if (ended.outcome !== "locked") this.abandoned = [];
      return ended;
    } finally {
      await this.lease.note(this.abandoned).catch(() => undefined);
    }
  }

  /** What failed is undone by the last inputs that were good. */
  private async goBack(inputs: Inputs, failed: Ended): Promise<Ended> {
    const way = this.lastGood.wayBackFrom(inputs);
    if (failed.changes === 0 || way.kind === "none" || this.stopping.signal.aborted) return failed;
    if (way.kind === "same") {
      const message = `${failed.message}\nThere is nothing to go back to: only the content of Secrets changed.`;
      return { ...failed, message };
    }
    this.reporter.log(`Failed, going back to the last inputs that were good.\n${failed.message}`);
    const back = await this.tryOnce(way.snapshot, false);
    if (back.outcome !== "done") return { ...failed, message: `${failed.message}\nGoing back failed: ${back.message}` };
    const message = `${failed.message}\nWent back to the last inputs that were good; they serve now.`;
    return { outcome: "wentBack", message, changes: back.changes };
  }

  /** How the pipelines are, without an update. Nobody waits for it, and what an update has overtaken is not told. */
  private look({ pipelines }: Wanted): void {
    this.lookedAt = Date.now();
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
      .catch((error: unknown) => this.reporter.log(`warning: the pipelines cannot be looked at: ${String(error)}`));
  }

  /** What the last look has found, for people. */
  private async page(): Promise<string | undefined> {
    if (this.shown === undefined) return undefined;
    // Its charts take long to load, and are often not wanted.
    const { statusPage } = await import("../cli/status-page");
    return statusPage({ stack: this.settings.stack, ...this.shown });
  }

  /** Objects are only followed when it is known in which namespace they are. */
  private async followObjects(changed: boolean): Promise<void> {
    const { namespace } = this.outputs;
    if (namespace === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, settling));
    if (this.driftWatch === undefined) {
      const drift = (object: string): void => {
        if (!this.drift) this.reporter.log(`${object} is not as it was made.`);
        this.drift = { at: Date.now() };
        this.wake();
      };
      const trouble = (problem: string): void => this.reporter.log(`warning: ${problem}`);
      this.driftWatch = new DriftWatch(this.config, namespace, { drift, trouble });
      await this.driftWatch.start();
    }
    this.driftWatch.resume(changed);
  }
}

const reasons: Readonly<Record<string, string>> = {
  first: "the manager has just begun",
  inputs: "something that the stack is made from has changed",
  retry: "the last update failed",
  drift: "somebody else changed an object of the stack",
  resync: "nothing has happened for long",
};
