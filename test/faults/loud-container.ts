import { appendFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A container that writes lines of 1 KiB at a rate, and its kubelet, which looks at its file every ten seconds, as the real
 * one does (`containerLogMonitorInterval`). It runs in its own process, so that it does not delay other writers.
 *
 * Arguments: the folder of the container, MB per second, and seconds.
 */
const [folder = "", rate = "0", seconds = "0"] = process.argv.slice(2);

/** Seconds from one rotation to the next. */
const rotation = 10;
const perTick = 20;
const text = "noise ".repeat(165);

async function write(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "0.log");
  const rotated = join(folder, "0.log.20261129-000000");
  const start = Date.now();
  let written = 0;
  let rotations = 0;
  while (Date.now() < start + Number(seconds) * 1000) {
    const due = ((Date.now() - start) / 1000) * Number(rate) * 1e6;
    const line = `${new Date().toISOString()} stdout F ${text}\n`;
    const lines = Math.max(0, Math.round((due - written) / line.length));
    appendFileSync(file, line.repeat(lines));
    written += lines * line.length;
    if (Date.now() > start + (rotations + 1) * rotation * 1000) {
      rotations += 1;
      // The kubelet compresses the older file first, and nobody reads compressed files.
      rmSync(rotated, { force: true });
      renameSync(file, rotated);
    }
    await sleep(perTick);
  }
  process.stdout.write(String(written));
}

void write();
