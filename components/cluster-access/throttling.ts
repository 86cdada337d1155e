import { setTimeout as sleep } from "node:timers/promises";

/** An API server that still asks for fewer requests when the time for retries is over. */
export class ThrottledError extends Error {
  constructor() {
    super("the API server rejects requests because there are too many (HTTP status 429)");
    this.name = "ThrottledError";
  }
}

/** Seconds until a retry if the API server names none, and the most of them. */
const pause = { usual: 1, most: 10 };

/**
 * Sends a request again as long as the API server asks for fewer requests (HTTP status 429), and waits as long as the answer
 * names in `Retry-After`. Kubernetes' client does not retry.
 *
 * @param until time in milliseconds since 1970 at which the last retry begins; then the function throws a `ThrottledError`
 */
export async function unlessThrottled<T>(request: () => Promise<T>, until: number): Promise<T> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!isThrottled(error)) throw error;
      const wait = retryAfter(error) * 1000;
      if (Date.now() + wait > until) throw new ThrottledError();
      await sleep(wait);
    }
  }
}

interface Answer {
  readonly code?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const isThrottled = (error: unknown): error is Answer =>
  typeof error === "object" && error !== null && (error as Answer).code === 429;

/** Seconds that an answer asks to wait. Kubernetes sends a whole number, never a date. */
function retryAfter({ headers = {} }: Answer): number {
  const seconds = Number(headers["retry-after"] ?? headers["Retry-After"]);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, pause.most) : pause.usual;
}
