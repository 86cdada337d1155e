import fc from "fast-check";
import { badEdits } from "./support/bad";
import { editsOf } from "./support/edit";
import { firstScene, goodEdits } from "./support/good";
import { EditedStack } from "./support/run";

export interface EditsToMake {
  readonly seed: number;
  readonly count: number;
  /** The first edit that becomes an update. Earlier edits only change the configuration. */
  readonly from?: number;
}

/** One edit of three is good: good edits take longer, and later edits begin with another configuration. */
const edits = fc.oneof({ weight: 1, arbitrary: goodEdits }, { weight: 2, arbitrary: badEdits });

/** Makes one test for each edit, on the cluster of the tests. */
export function describeEdits({ seed, count, from = 0 }: EditsToMake): void {
  describe(`random edits of a stack's configuration, seed ${seed}`, function () {
    this.timeout("5m");
    const stack = new EditedStack(firstScene);
    const all = editsOf(seed, from + count, edits);

    before(async () => {
      for (const edit of all.slice(0, from)) stack.skip(edit);
      await stack.begin();
    });

    after(() => stack.end());

    for (const [i, edit] of all.slice(from).entries()) it(`${from + i}: ${edit.name}`, () => stack.step(edit));
  });
}
