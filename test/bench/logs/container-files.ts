import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lines, Turns } from "./options";

const words = "the order of a customer was paid and is sent to the warehouse, which packs it and calls the carrier. ";

/** The most bytes that are written in a second, so that long lines do not fill the disk. */
const mostBytes = 16 * 1024 * 1024;

/** Returns a uid that belongs to the container with this number. */
export const podUid = (i: number): string => `0b9c0000-0000-4000-8000-${String(i).padStart(12, "0")}`;
export const podName = (i: number): string => `web-${i}`;
export const namespace = "shop";

/** The files of some containers, as a runtime writes them. */
export class ContainerFiles {
  /** Lines that were written. */
  lines = 0;
  private turns = 0;

  constructor(
    readonly folder: string,
    private readonly count: number,
    private readonly kind: Lines,
  ) {
    for (let i = 0; i < count; i++) mkdirSync(this.container(i), { recursive: true });
  }

  /** Writes the lines of a turn, to new files, evenly over its time. */
  async turn({ seconds, rate }: Turns): Promise<void> {
    this.turns++;
    const wanted = Math.min(rate, mostBytes / this.kind.bytes) * seconds;
    const perFile = Math.max(1, Math.round(wanted / this.count));
    const steps = Math.min(perFile, 20);
    for (let step = 0; step < steps; step++) {
      const lines = Math.floor((perFile * (step + 1)) / steps) - Math.floor((perFile * step) / steps);
      for (let i = 0; i < this.count; i++) this.append(i, lines);
      await sleep((1000 * seconds) / steps);
    }
  }

  /** Removes the files of a turn that was read. */
  clean(): void {
    for (let i = 0; i < this.count; i++) rmSync(this.file(i));
  }

  private append(i: number, lines: number): void {
    const start = `${new Date().toISOString().replace("Z", "000000Z")} stdout F `;
    let text = "";
    for (let n = 0; n < lines; n++) text += `${start}${textOf(this.kind, `${i} ${this.lines++}`)}\n`;
    appendFileSync(this.file(i), text);
  }

  private container(i: number): string {
    return join(this.folder, `${namespace}_${podName(i)}_${podUid(i)}`, "server");
  }

  private file(i: number): string {
    return join(this.container(i), `${this.turns}.log`);
  }
}

function textOf({ kind, bytes }: Lines, id: string): string {
  const [start, end] = kind === "json" ? [`{"level":"info","order":"${id}","message":"`, '"}'] : [`order ${id}: `, ""];
  const room = Math.max(0, bytes - start.length - end.length);
  return start + words.repeat(Math.ceil(room / words.length)).slice(0, room) + end;
}
