import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats an attempt until it does not throw. Throws the last error when the time is over. An attempt must not change what
 * later attempts find. The default time is far more than an idle machine needs, because those of CI are slow.
 */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 60): Promise<T> {
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
