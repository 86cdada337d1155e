import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** Mocha's usual output, and the counts in a file for whoever adds them up. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env.MOCHA_COUNTS;
    if (!file) throw new Error("MOCHA_COUNTS names the file for the counts");
    runner.once("end", () => {
      writeFileSync(file, JSON.stringify({ passed: this.stats.passes, failed: this.stats.failures }));
    });
  }
}

export = CountingReporter;
