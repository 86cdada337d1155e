import { describeEdits } from "../edits/suite";

// A few of those that `npm run test:edits` makes many of, always the same.
describeEdits({ seed: 9, count: 12 });
