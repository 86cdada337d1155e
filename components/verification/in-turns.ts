import { setTimeout as sleep } from "node:timers/promises";

/** Number of parallel requests to the API server. */
const concurrency = 32;

/**
 * Runs `work` for each item, a few at a time, until a time. After it, no further work starts, and the function does not
 * wait for work that still runs.
 *
 * @param until in milliseconds since 1970
 */
export async function inTurns<T>(
  items: readonly T[],
  until: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      if (Date.now() >= until) return;
      await work(item);
    }
  };
  const timeIsOver = new AbortController();
  const over = sleep(Math.max(0, until - Date.now()), undefined, { signal: timeIsOver.signal }).catch(() => undefined);
  const done = Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  try {
    await Promise.race([done, over]);
  } finally {
    timeIsOver.abort();
  }
}
