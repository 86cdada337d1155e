import { setTimeout as sleep } from "node:timers/promises";
import type { Signal } from "../../e2e/support/backends";
import type { Collector } from "../support/collector";
import { estimate, median, type Estimate } from "../support/statistics";
import type { Scene } from "./scene";

/** The load of each collector. */
export interface Turns {
  /** The most measured turns of each collector. Turns are short, so that other load on the machine affects all alike. */
  readonly rounds: number;
  /** Items of a turn. */
  readonly turnItems: number;
  /** Items per second, at most. */
  readonly rate: number;
}

/** Turns that are not measured: one-time work falls into them. */
const warmUpTurns = 3;
/** The fewest rounds that show the spread. */
const leastRounds = 8;
/** Width of a ratio's 95 % confidence interval, as a part of the ratio, from which on no more rounds are needed. */
const enough = 0.05;
/** Milliseconds until the last batch of a turn is full, sent and answered. */
const rest = 1500;

/** Lets collectors take turns until the ratio of each pair is certain enough. */
export async function compare(
  subjects: readonly Subject[],
  pairs: readonly (readonly [Subject, Subject])[],
  turns: Turns,
): Promise<void> {
  const isEnough = (): boolean => pairs.every(([a, b]) => ratio(b, a).spread < enough);
  for (let round = -warmUpTurns; round < turns.rounds; round++) {
    for (const subject of subjects) await subject.turn(turns, round >= 0);
    if (round + 1 >= leastRounds && isEnough()) break;
  }
  for (const subject of subjects) await subject.end();
}

/** One collector under measurement. */
export class Subject {
  /** Microseconds of CPU for an item, of each measured turn. */
  readonly costs: number[] = [];
  private accepted = 0;
  private rested = 0;
  private pending: { start: number; items: number } | undefined;

  constructor(
    private readonly scene: Scene,
    private readonly collector: Collector,
    private readonly backends: number,
    private readonly signal: Signal,
    /** Points, spans or records in a request. */
    private readonly items: number,
  ) {}

  /** Sends a fixed number of items. Their cost is read at the start of the next turn, when all of them have left. */
  async turn({ rate, turnItems }: Pick<Turns, "rate" | "turnItems">, isMeasured = true): Promise<void> {
    const start = await this.atRest();
    const requests = Math.ceil(turnItems / this.items);
    const pushed = await this.scene.push(this.collector, this.signal, this.items, requests, rate / this.items);
    if (pushed.failed > 0)
      throw new Error(`${pushed.failed} requests were refused: ${pushed.lastError}. Lower --rate.`);
    this.accepted += pushed.items;
    this.rested = Date.now() + rest;
    this.pending = isMeasured ? { start, items: pushed.items } : undefined;
  }

  /** Returns the CPU time after the last turn, and counts that turn. */
  private async atRest(): Promise<number> {
    await sleep(Math.max(0, this.rested - Date.now()));
    const now = await this.collector.cpuSeconds();
    if (this.pending) this.costs.push(((now - this.pending.start) * 1e6) / this.pending.items);
    this.pending = undefined;
    return now;
  }

  /** Counts the last turn. Throws if an item was lost, because then it was not a measurement. */
  async end(): Promise<void> {
    await this.atRest();
    await this.collector.drained(this.signal, this.accepted * this.backends);
  }

  /** Returns the bytes of an item in an extra turn, while no other subject sends. */
  async bytesPerItem(turns: Turns): Promise<number> {
    const [bytes, items] = [await this.scene.arrivedBytes(), this.accepted];
    await this.turn(turns, false);
    await this.end();
    return ((await this.scene.arrivedBytes()) - bytes) / (this.accepted - items);
  }

  /** Microseconds of CPU for an item. */
  get cost(): number {
    return median(this.costs);
  }
}

/** Returns the items per second of CPU of one as a multiple of another's, from all rounds: above 1, `a` is cheaper. */
export function ratio(a: Subject, b: Subject): Estimate {
  return estimate(a.costs.slice(0, b.costs.length).map((cost, i) => (b.costs[i] ?? NaN) / cost));
}
