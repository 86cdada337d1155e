import { describeEdits } from "../edits/suite";

// The first of those of `test/long`: one that is refused and two that are accepted.
describeEdits({ seed: 9, count: 3 });
