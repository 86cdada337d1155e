import { setTimeout as sleep } from "node:timers/promises";

/** Requests to the API server at the same time. */
const concurrency = 32;

/**
 * Does something with each of them, a few at a time, for as long as there is time: what is not begun until then is not
 * begun, and what has not ended is not waited for.
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
