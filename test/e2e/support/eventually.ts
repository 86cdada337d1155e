import { setTimeout as sleep } from "node:timers/promises";

/** Tries until nothing is thrown; then the last error stands. For what a cluster does in its own time. */
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
