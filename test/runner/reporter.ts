import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** Prints mocha's usual output, and writes the counts and the titles of failed tests to a file for the runner. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env.MOCHA_COUNTS;
    if (!file) throw new Error("MOCHA_COUNTS is not set. It names the file for the counts.");
    runner.once("end", () => {
      const { passes: passed, failures: failed } = this.stats;
      writeFileSync(file, JSON.stringify({ passed, failed, failures: this.failures.map((test) => test.fullTitle()) }));
    });
  }
}

export = CountingReporter;
