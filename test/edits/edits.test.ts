import { describeEdits } from "./suite";

const number = (name: string, byDefault: number): number => Number(process.env[name] ?? byDefault);

describeEdits({
  seed: number("EDITS_SEED", Math.floor(Math.random() * 1_000_000)),
  count: number("EDITS_EDITS", 200),
  from: number("EDITS_FROM", 0),
});
