import type { Signal } from "../../e2e/support/backends";
import type { Collector } from "../support/collector";
import type { Scene } from "./scene";

/** How each collector is loaded. */
export interface Turns {
  /** Measured turns of each; many short ones, so that what else the machine does hits all of them alike. */
  readonly rounds: number;
  /** How long each turn is. */
  readonly seconds: number;
  /** Items per second. */
  readonly rate: number;
  /** Points, spans or records in a request. */
  readonly items: number;
}

/** Not measured: what is made only once is made in them. */
const warmUpTurns = 3;

/** Lets collectors take turns, so that afterwards each knows what it did. */
export async function compare(subjects: readonly Subject[], signal: Signal, turns: Turns): Promise<void> {
  const each = async (act: (subject: Subject) => Promise<void>): Promise<void> => {
    for (const subject of subjects) await act(subject);
  };
  for (let i = 0; i < warmUpTurns; i++) await each((subject) => subject.turn(signal, turns));
  await each((subject) => subject.begin(signal));
  for (let round = 0; round < turns.rounds; round++) await each((subject) => subject.turn(signal, turns));
  await each((subject) => subject.end(signal));
}

/** One collector under measurement. What it still holds when its turn ends is counted with its next turn. */
export class Subject {
  private accepted = 0;
  private cpu = 0;
  private cpuAtStart = NaN;
  private acceptedAtStart = NaN;

  constructor(
    private readonly scene: Scene,
    private readonly collector: Collector,
    private readonly backends: number,
  ) {}

  /** Everything from here on counts. */
  async begin(signal: Signal): Promise<void> {
    await this.collector.drained(signal, this.accepted * this.backends);
    this.acceptedAtStart = this.accepted;
    this.cpuAtStart = await this.collector.cpuSeconds();
  }

  async turn(signal: Signal, { rate, items, seconds }: Turns): Promise<void> {
    const pushed = await this.scene.push(this.collector, signal, rate / items, seconds);
    if (pushed.failed > 0)
      throw new Error(`${pushed.failed} requests were refused: ${pushed.lastError}. Lower --rate.`);
    this.accepted += pushed.items;
  }

  async end(signal: Signal): Promise<void> {
    await this.collector.drained(signal, this.accepted * this.backends);
    this.cpu = (await this.collector.cpuSeconds()) - this.cpuAtStart;
  }

  /** Of a turn that is not measured otherwise, while no other subject sends. */
  async bytesPerItem(signal: Signal, turns: Turns): Promise<number> {
    const [bytes, items] = [await this.scene.arrivedBytes(), this.accepted];
    await this.turn(signal, turns);
    await this.collector.drained(signal, this.accepted * this.backends);
    return ((await this.scene.arrivedBytes()) - bytes) / (this.accepted - items);
  }

  get itemsPerCpuSecond(): number {
    return (this.accepted - this.acceptedAtStart) / this.cpu;
  }
}
