import { describeEdits } from "../edits/suite";

// A few of what `npm run test:edits` makes many of.
describeEdits({ seed: 9, count: 12 });
