import { setTimeout as sleep } from "node:timers/promises";
import { canaryAddress } from "../collector/canary";
import { ports } from "../collector/config";
import { canaryRequests } from "./canaries";
import type { Cluster } from "./cluster";
import type { InputEvidence } from "./inputs";
import { lookAtInputs } from "./look-at-inputs";
import { learn, type Look, type PipelineEvidence } from "./evidence";
import { readFailures } from "./failures";
import { countedSince, readCounters, type CollectorCounters } from "./metrics";
import type { Watching } from "./samples";
import { pipelineId, type CollectorTarget, type FlowTargets, type PipelineTarget } from "./targets";
import { judge, type Judgement, type Verdict } from "./verdict";
import { isReady, workloadHealth, type WorkloadHealth } from "./workloads";

export interface CheckOptions extends Watching {
  /** Longest time in seconds for all of it. */
  readonly timeoutSeconds: number;
  /** Seconds between two looks. Defaults to 1.5: a batch waits for one second. */
  readonly interval?: number;
  /** Is told after each look what is thought so far, by `pipelineId`, and the seconds since the beginning. */
  readonly progress?: (judgements: Readonly<Record<string, Judgement>>, seconds: number) => void;
}

export interface Checked {
  readonly workloads: readonly WorkloadHealth[];
  /** By `pipelineId`. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly inputs: InputEvidence;
}

/** Requests to the API server at the same time. */
const concurrency = 32;
/** Canaries of one pod for one pipeline at most. */
const mostCanaries = 20;
/** Part of the time that may pass until a rollout is complete; the rest is for looking at the flow. */
const rolloutShare = 0.5;

interface Subject {
  readonly collector: CollectorTarget;
  readonly pod: string;
  readonly node?: string;
}

/** Looks at a cluster until every pipeline has a certain verdict, or the time is over. */
export async function check(cluster: Cluster, targets: FlowTargets, options: CheckOptions): Promise<Checked> {
  const start = Date.now();
  const seconds = (): number => (Date.now() - start) / 1000;
  const interval = options.interval ?? 1.5;

  let workloads = await lookAtWorkloads(cluster, targets);
  while (workloads.health.some(({ state }) => state !== "ready") && seconds() < options.timeoutSeconds * rolloutShare) {
    await sleep(interval * 1000);
    workloads = await lookAtWorkloads(cluster, targets);
  }

  const observer = new Observer(cluster, targets, options.observe);
  await observer.start(workloads.ready);
  for (let round = 1; ; round++) {
    const undecided = targets.pipelines.filter((pipeline) => !observer.judge(pipeline).certain);
    if (round <= mostCanaries) await observer.sendCanaries(undecided);
    await sleep(interval * 1000);
    const [next] = await Promise.all([lookAtWorkloads(cluster, targets).catch(() => workloads), observer.look()]);
    workloads = next;
    observer.follow(workloads.ready);
    const judgements = Object.fromEntries(
      targets.pipelines.map((pipeline) => [pipelineId(pipeline), observer.judge(pipeline)]),
    );
    options.progress?.(judgements, seconds());
    const isDone =
      Object.values(judgements).every(({ certain }) => certain) && observer.seconds >= (options.leastSeconds ?? 0);
    if (isDone || seconds() + interval > options.timeoutSeconds) break;
  }
  const verdicts = targets.pipelines.map((pipeline) => [pipelineId(pipeline), observer.judge(pipeline).verdict]);
  const inputs = await lookAtInputs(cluster, targets.namespace, workloads.ready, inTurns);
  return {
    workloads: workloads.health,
    verdicts: Object.fromEntries(verdicts) as Record<string, Verdict>,
    inputs,
  };
}

interface Workloads {
  readonly health: readonly WorkloadHealth[];
  readonly ready: readonly Subject[];
}

async function lookAtWorkloads(
  cluster: Cluster,
  { namespace, collectors }: Pick<FlowTargets, "namespace" | "collectors">,
): Promise<Workloads> {
  const all = await Promise.all(
    collectors.map(async (collector) => {
      const [workload, pods] = await Promise.all([
        cluster.workload(namespace, collector),
        cluster.pods(namespace, collector.name),
      ]);
      const ready = pods
        .filter(isReady)
        .map(({ metadata, spec }) => ({ collector, pod: metadata.name, node: spec?.nodeName }));
      return { health: workloadHealth(collector, workload, pods), ready };
    }),
  );
  return { health: all.map(({ health }) => health), ready: all.flatMap(({ ready }) => ready) };
}

/** Remembers what was seen of each pod. */
class Observer {
  private subjects: readonly Subject[] = [];
  private began = Date.now();
  private readonly counters = new Map<string, CollectorCounters>();
  private readonly logged = new Map<string, string>();
  private readonly unreadable = new Set<string>();
  private readonly evidence = new Map<string, PipelineEvidence>();

  constructor(
    private readonly cluster: Cluster,
    private readonly targets: FlowTargets,
    private readonly observe: Watching["observe"],
  ) {}

  /** Since the first reading. */
  get seconds(): number {
    return (Date.now() - this.began) / 1000;
  }

  /** Counters are taken before the first canary: only what comes after it counts. */
  async start(subjects: readonly Subject[]): Promise<void> {
    this.subjects = subjects;
    await this.each(async ({ pod }) => {
      this.counters.set(pod, await this.readCounters(pod));
    });
    this.began = Date.now();
  }

  /** Pods come and go while we look. What a new one has counted since its start is news. */
  follow(subjects: readonly Subject[]): void {
    this.subjects = subjects;
  }

  async sendCanaries(pipelines: readonly PipelineTarget[]): Promise<void> {
    await this.each(async ({ collector, pod }) => {
      const own = pipelines.filter(({ canary, collectors }) => canary && collectors.includes(collector.name));
      for (const { path, body } of canaryRequests(own, pod, new Date())) {
        // A full queue refuses them, too; the counters tell that.
        await this.cluster
          .ask(this.targets.namespace, pod, { port: canaryAddress.port, path, body })
          .catch(() => undefined);
      }
    });
  }

  async look(): Promise<void> {
    await this.each(async ({ collector, pod, node }) => {
      const at = this.seconds;
      const [counters, log] = await Promise.all([
        this.readCounters(pod),
        this.cluster.log(this.targets.namespace, pod, Math.max(1, Math.floor(at))),
      ]);
      const seen = this.logged.get(pod) ?? "";
      const failures = readFailures(log).filter((failure) => failure.at > seen);
      this.logged.set(pod, failures.at(-1)?.at ?? seen);
      // One that was there before but could not be read has a past that is none of our business.
      const before = this.counters.get(pod) ?? (counters.uptime > at ? counters : undefined);
      const counted = countedSince(before, counters);
      this.counters.set(pod, counters);
      const seconds = counters.uptime - (before && before.uptime <= counters.uptime ? before.uptime : 0);
      const { name, kind } = collector;
      this.observe?.({ pod, node, collector: name, kind, at, seconds, exporters: counted.exporters });
      this.remember(collector.name, { pod, collector: collector.kind, at, counted, failures });
    });
  }

  private remember(collector: string, look: Look): void {
    for (const target of this.targets.pipelines) {
      if (!target.collectors.includes(collector)) continue;
      const id = pipelineId(target);
      this.evidence.set(id, learn(this.evidence.get(id) ?? {}, target.exporter, look));
    }
  }

  judge(target: PipelineTarget): Judgement {
    const pods = this.subjects
      .filter(({ collector }) => target.collectors.includes(collector.name))
      .map(({ pod }) => pod);
    return judge(this.evidence.get(pipelineId(target)) ?? {}, {
      pods,
      unreadable: pods.filter((pod) => this.unreadable.has(pod)),
      canary: target.canary,
      elapsed: this.seconds,
    });
  }

  private async readCounters(pod: string): Promise<CollectorCounters> {
    const { namespace } = this.targets;
    return readCounters(await this.cluster.ask(namespace, pod, { port: ports.selfMetrics, path: "/metrics" }));
  }

  /** Does something with each pod, a few at a time; one that does not answer is looked at again the next time. */
  private async each(work: (subject: Subject) => Promise<void>): Promise<void> {
    await inTurns(this.subjects, async (subject) => {
      try {
        await work(subject);
        this.unreadable.delete(subject.pod);
      } catch {
        this.unreadable.add(subject.pod);
      }
    });
  }
}

/** Does something with each of them, a few at a time. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
