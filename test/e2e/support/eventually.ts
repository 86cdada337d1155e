import { setTimeout as sleep } from "node:timers/promises";

/** Repeats an attempt until it does not throw. Throws the last error when the time is over. */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(500);
    }
  }
}
