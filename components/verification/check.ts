import { setTimeout as sleep } from "node:timers/promises";
import { canaryAddress } from "../collector";
import { pipelineId, ports } from "../contract";
import type { MonitorTarget } from "../inputs";
import { canaryRequests } from "./canaries";
import type { Cluster } from "./cluster";
import {
  lookUpsSince,
  readData,
  readFailedLines,
  type DataCounters,
  type FailedLine,
  type PodData,
} from "./data-evidence";
import type { InputEvidence } from "./input-evidence";
import { lookAtInputs } from "./look-at-inputs";
import { lookAtContainerLogs } from "./look-at-container-logs";
import { withEarlierLosses } from "./earlier-losses";
import { learn, type Look, type PodEvidence } from "./evidence";
import { readFailures } from "./classify";
import { inTurns } from "./in-turns";
import { countedSince, readCounters, type CollectorCounters } from "./counters";
import { redirectFailures } from "./redirects";
import { learnRefusals, refusalsOf, type RefusalEvidence, type Refusals } from "./refusals";
import type { Watching } from "./samples";
import { hidingWarnings, namespaceOf, type CollectorTarget, type FlowTargets, type PipelineTarget } from "./targets";
import { judge, type Judgement, type Verdict } from "./verdict";
import { isReady } from "./daemon-nodes";
import { explainedHealth, lookAtWorkload, type WorkloadLook } from "./look-at-workload";
import { isSettled, type WorkloadHealth } from "./workload-health";

export interface CheckOptions extends Watching {
  /** Time limit in seconds for the whole check. */
  readonly timeoutSeconds: number;
  /** Seconds between two looks. Defaults to 1.5, because a batch waits for one second. */
  readonly interval?: number;
  /** Called after each look with the judgements so far, by `pipelineId`, and the seconds since the start. */
  readonly progress?: (judgements: Readonly<Record<string, Judgement>>, seconds: number) => void;
}

export interface Checked {
  readonly workloads: readonly WorkloadHealth[];
  /** By `pipelineId`. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly inputs: InputEvidence;
  readonly data: readonly PodData[];
  /** By `pipelineId`, where collectors refused data. */
  readonly refusals: Readonly<Record<string, Refusals>>;
}

/** Most canaries that one pod sends for one pipeline. */
const mostCanaries = 20;
/** Share of the time limit in which a rollout may complete; the rest is for the flow. */
const rolloutShare = 0.5;
/** Share of the remaining time in which all pods send their first canaries. */
const beginningShare = 0.5;
/** Share of the time limit that is reserved for inputs, if a collector has any. */
const inputsShare = 0.15;

interface Subject {
  readonly collector: CollectorTarget;
  readonly pod: string;
  readonly node?: string;
}

/** Looks at a cluster until every pipeline has a certain verdict, or the time limit ends. */
export async function check(cluster: Cluster, targets: FlowTargets, options: CheckOptions): Promise<Checked> {
  const start = Date.now();
  const seconds = (): number => (Date.now() - start) / 1000;
  const interval = options.interval ?? 1.5;
  const pulls = targets.collectors.some(({ inputs = [], kind }) => inputs.length > 0 || kind === "log-agent");
  const end = start + options.timeoutSeconds * 1000;
  const flowEnd = end - (pulls ? options.timeoutSeconds * 1000 * inputsShare : 0);

  let workloads = await lookAtWorkloads(cluster, targets);
  while (
    !workloads.looks.every(({ health }) => isSettled(health)) &&
    seconds() < options.timeoutSeconds * rolloutShare
  ) {
    await sleep(interval * 1000);
    workloads = await lookAtWorkloads(cluster, targets);
  }

  const observer = new Observer(cluster, targets, options.observe);
  observer.follow(workloads.ready);
  await observer.begin(Date.now() + (flowEnd - Date.now()) * beginningShare);
  for (let round = 1; ; round++) {
    const undecided = targets.pipelines.filter((pipeline) => !observer.judge(pipeline).certain);
    if (round > 1 && round <= mostCanaries) await observer.sendCanaries(undecided, flowEnd);
    await sleep(interval * 1000);
    const [next] = await Promise.all([
      lookAtWorkloads(cluster, targets).catch(() => workloads),
      observer.look(flowEnd),
    ]);
    workloads = next;
    observer.follow(workloads.ready);
    const judgements = Object.fromEntries(
      targets.pipelines.map((pipeline) => [pipelineId(pipeline), observer.judge(pipeline)]),
    );
    options.progress?.(judgements, seconds());
    const isCertain = Object.values(judgements).every(({ certain }) => certain) && observer.refusals().certain;
    const isDone = isCertain && observer.seconds >= (options.leastSeconds ?? 0);
    if (isDone || Date.now() + interval * 1000 > flowEnd) break;
  }
  const verdicts = await Promise.all(
    targets.pipelines.map(async (pipeline) => {
      const { verdict } = observer.judge(pipeline);
      return [pipelineId(pipeline), await withEarlierLosses(cluster, targets, pipeline, verdict)] as const;
    }),
  );
  const [health, inputs, containerLogs] = await Promise.all([
    explainedHealths(cluster, targets, workloads),
    lookAtInputs(cluster, targets, workloads.ready, end, distinctMonitors(targets)),
    lookAtContainerLogs(cluster, targets, workloads.ready, end),
  ]);
  return {
    workloads: health,
    verdicts: Object.fromEntries(verdicts),
    inputs: { ...inputs, ...(containerLogs && { containerLogs }) },
    data: observer.data(),
    refusals: observer.refusals().byPipeline,
  };
}

/** Returns each job of a monitor once: several pipelines may want it. */
const distinctMonitors = ({ pipelines }: FlowTargets): MonitorTarget[] => [
  ...new Map(pipelines.flatMap(({ monitors = [] }) => monitors).map((one) => [one.job, one])).values(),
];

interface Workloads {
  /** In the order of the collectors. */
  readonly looks: readonly WorkloadLook[];
  readonly ready: readonly Subject[];
}

async function lookAtWorkloads(
  cluster: Cluster,
  targets: Pick<FlowTargets, "namespace" | "collectors">,
): Promise<Workloads> {
  const all = await Promise.all(
    targets.collectors.map(async (collector) => {
      const look = await lookAtWorkload(cluster, namespaceOf(targets, collector), collector);
      const ready = look.pods
        .filter(isReady)
        .map(({ metadata, spec }) => ({ collector, pod: metadata.name, node: spec?.nodeName }));
      return { look, ready };
    }),
  );
  return { looks: all.map(({ look }) => look), ready: all.flatMap(({ ready }) => ready) };
}

/** Returns the health of all collectors, with the reasons why new pods are refused. */
function explainedHealths(
  cluster: Cluster,
  targets: Pick<FlowTargets, "namespace" | "collectors">,
  { looks }: Workloads,
): Promise<WorkloadHealth[]> {
  return Promise.all(
    targets.collectors.flatMap((collector, i) => {
      const look = looks[i];
      return look ? explainedHealth(cluster, namespaceOf(targets, collector), collector, look) : [];
    }),
  );
}

const latest = (times: readonly string[]): string => times.reduce((a, b) => (a > b ? a : b));

function countLines(
  before: Readonly<Record<string, number>> = {},
  lines: readonly FailedLine[],
): Record<string, number> {
  const counts = { ...before };
  for (const { processor } of lines) counts[processor] = (counts[processor] ?? 0) + 1;
  return counts;
}

/** Collects the evidence from each pod. */
class Observer {
  private subjects: readonly Subject[] = [];
  private began = Date.now();
  /** Time at which every pod that answers has sent canaries, in milliseconds since 1970. */
  private sent = Date.now();
  private readonly counters = new Map<string, CollectorCounters>();
  private readonly logged = new Map<string, string>();
  /** The first reading of each pod. */
  private readonly first = new Map<string, DataCounters>();
  private readonly read = new Map<string, DataCounters>();
  /** By pod, lines about statements that failed. */
  private readonly failed = new Map<string, Record<string, number>>();
  private readonly unreadable = new Set<string>();
  private readonly evidence = new Map<string, Record<string, PodEvidence>>();
  private refused: RefusalEvidence = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly targets: FlowTargets,
    private readonly observe: Watching["observe"],
  ) {}

  /** Seconds since the first reading. */
  get seconds(): number {
    return (Date.now() - this.began) / 1000;
  }

  /** Reads the counters of each pod before its first canary, because only later growth counts. */
  async begin(until: number): Promise<void> {
    this.began = Date.now();
    await this.each(until, async (subject) => {
      this.counters.set(subject.pod, await this.readCounters(subject.collector, subject.pod));
      await this.sendCanariesOf(subject, this.targets.pipelines);
    });
    this.sent = Date.now();
  }

  /** Pods come and go during the check. Everything that a new pod has counted since its start is new. */
  follow(subjects: readonly Subject[]): void {
    this.subjects = subjects;
  }

  async sendCanaries(pipelines: readonly PipelineTarget[], until: number): Promise<void> {
    // A pod that did not answer could use up the time; the next look shows whether it answers again.
    const answering = this.subjects.filter(({ pod }) => !this.unreadable.has(pod));
    await inTurns(answering, until, (subject) => this.sendCanariesOf(subject, pipelines));
  }

  private async sendCanariesOf({ collector, pod }: Subject, pipelines: readonly PipelineTarget[]): Promise<void> {
    const own = pipelines.filter(({ canary, collectors }) => canary && collectors.includes(collector.name));
    if (own.length === 0) return;
    const requests = canaryRequests(own, pod, new Date());
    // A full queue refuses canaries, which the counters show.
    const namespace = namespaceOf(this.targets, collector);
    await this.cluster.push(namespace, pod, canaryAddress.port, requests).catch(() => undefined);
  }

  async look(until: number): Promise<void> {
    await this.each(until, async ({ collector, pod, node }) => {
      const at = this.seconds;
      // One second too much is harmless. A missed rejection of the first canary would count as accepted.
      const [counters, log] = await Promise.all([
        this.readCounters(collector, pod),
        this.cluster.log(namespaceOf(this.targets, collector), pod, Math.max(1, Math.ceil(at))),
      ]);
      const seen = this.logged.get(pod) ?? "";
      const failures = readFailures(log).filter((failure) => failure.at > seen);
      const failed = readFailedLines(log).filter(({ at }) => at > seen);
      this.logged.set(pod, latest([seen, ...failures.map(({ at }) => at), ...failed.map(({ at }) => at)]));
      this.failed.set(pod, countLines(this.failed.get(pod), failed));
      // A pod that existed before but could not be read has counters from before the check.
      const before = this.counters.get(pod) ?? (counters.uptime > at ? counters : undefined);
      const counted = countedSince(before, counters);
      this.counters.set(pod, counters);
      const seconds = counters.uptime - (before && before.uptime <= counters.uptime ? before.uptime : 0);
      const { name, kind } = collector;
      this.observe?.({ pod, node, collector: name, kind, at, seconds, exporters: counted.exporters });
      const redirects = redirectFailures(this.targets.pipelines, counted, failures);
      this.remember(collector.name, {
        pod,
        collector: collector.kind,
        at,
        counted,
        failures: [...failures, ...redirects],
      });
      this.refused = learnRefusals(this.refused, { pod, collector, refused: counted.refused });
    });
  }

  private remember(collector: string, look: Look): void {
    for (const target of this.targets.pipelines) {
      if (!target.collectors.includes(collector)) continue;
      const id = pipelineId(target);
      const evidence = this.evidence.get(id) ?? {};
      evidence[look.pod] = learn(evidence[look.pod], target.exporter, look);
      this.evidence.set(id, evidence);
    }
  }

  /** Returns the counters of the pods that answered, about their data. */
  data(): PodData[] {
    return this.subjects.flatMap(({ collector: { name, kind }, pod, node }) => {
      const counters = this.read.get(pod);
      if (counters === undefined) return [];
      const failed = this.failed.get(pod) ?? {};
      const recentLookUps = lookUpsSince(this.first.get(pod) ?? counters, counters);
      return [{ ...counters, collector: name, kind, node, recentLookUps, failed }];
    });
  }

  /** Refused data, by the pipelines that it concerns. */
  refusals(): { readonly byPipeline: Readonly<Record<string, Refusals>>; readonly certain: boolean } {
    const pods = this.subjects.map(({ pod }) => pod);
    const all = this.targets.pipelines.map((target) => ({
      id: pipelineId(target),
      ...refusalsOf(this.refused, target, pods),
    }));
    return {
      byPipeline: Object.fromEntries(all.flatMap(({ id, refusals }) => (refusals ? [[id, refusals]] : []))),
      certain: all.every(({ certain }) => certain),
    };
  }

  judge(target: PipelineTarget): Judgement {
    // Nothing can change for a pipeline without an input.
    if (target.collectors.length === 0) return { verdict: { kind: "noEvidence", why: "noPods" }, certain: true };
    const own = this.subjects.filter(({ collector }) => target.collectors.includes(collector.name));
    const pods = own.map(({ pod }) => pod);
    return judge(this.evidence.get(pipelineId(target)) ?? {}, {
      pods,
      nodes: Object.fromEntries(own.flatMap(({ pod, node }) => (node === undefined ? [] : [[pod, node]]))),
      unreadable: pods.filter((pod) => this.unreadable.has(pod)),
      canary: target.canary,
      elapsed: (Date.now() - this.sent) / 1000,
      hiding: hidingWarnings(this.targets, target)?.kind,
    });
  }

  private async readCounters(collector: CollectorTarget, pod: string): Promise<CollectorCounters> {
    const text = await this.cluster.ask(namespaceOf(this.targets, collector), pod, ports.selfMetrics, "/metrics");
    const data = readData(text);
    this.read.set(pod, data);
    if (!this.first.has(pod)) this.first.set(pod, data);
    return readCounters(text);
  }

  /** Runs `work` for each pod. Pods that did not answer the last time come last. */
  private async each(until: number, work: (subject: Subject) => Promise<void>): Promise<void> {
    const isSilent = ({ pod }: Subject): boolean => this.unreadable.has(pod);
    const silent = this.subjects.filter(isSilent);
    const answering = this.subjects.filter((subject) => !isSilent(subject));
    await inTurns([...answering, ...silent], until, async (subject) => {
      try {
        await work(subject);
        this.unreadable.delete(subject.pod);
      } catch {
        this.unreadable.add(subject.pod);
      }
    });
  }
}
