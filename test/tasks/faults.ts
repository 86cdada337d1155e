import { mochaStep } from "../runner/mocha";
import { onCluster } from "./e2e";

/** Tests the verdicts about backends with every kind of fault, idle and under load, and about good backends. */
export function run(): Promise<number> {
  return onCluster((env) => [mochaStep("faults", ["test/faults/*.test.ts"], { env, live: true })]);
}
