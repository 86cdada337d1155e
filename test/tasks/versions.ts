import { ensureBuilt } from "../../lab";
import { mochaStep } from "../runner/mocha";
import { conclude, runSteps } from "../runner/steps";

/** Tests generated configurations on collectors of both ends of the supported range. Needs no cluster. */
export async function run(): Promise<number> {
  await ensureBuilt(["collector", "collector-oldest"]);
  return conclude(await runSteps([mochaStep("versions", ["test/versions/*.test.ts"], { live: true })], 1));
}
