const interval = 30_000;
/** Seconds. Shorter steps get no line. */
const unnoticed = 1;

function line(name: string, step: string, seconds: number, detail = ""): void {
  console.log(`  ${name.padEnd(20)} ${step.padEnd(24)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${detail}`.trimEnd());
}

/** Prints a line every half minute while a step runs, and the time it took when it ends. */
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
