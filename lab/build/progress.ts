const interval = 30_000;
/** Steps that take no time anybody would notice are not worth a line. */
const unnoticed = 1;

function line(name: string, step: string, seconds: number, detail = ""): void {
  console.log(`  ${name.padEnd(20)} ${step.padEnd(24)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${detail}`.trimEnd());
}

/** Says every half minute that a step goes on, and at its end how long it took. */
export function heartbeat(name: string, step: string, detail: () => string): { stop(): void } {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const timer = setInterval(() => line(name, `${step} …`, seconds(), detail()), interval);
  return {
    stop: () => {
      clearInterval(timer);
      if (seconds() >= unnoticed) line(name, step, seconds());
    },
  };
}
