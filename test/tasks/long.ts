import { mochaStep } from "../runner/mocha";
import { onCluster } from "./e2e";

/** Runs the end-to-end tests that take too long for each run of CI, which has a short one of each kind. */
export function run(): Promise<number> {
  return onCluster((env) => [mochaStep("long tests", ["test/long/*.test.ts"], { env, live: true })]);
}
