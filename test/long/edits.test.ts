import { describeEdits } from "../edits/suite";

// A few edits, always the same. `npm run test:edits` makes many.
describeEdits({ seed: 9, count: 12 });
