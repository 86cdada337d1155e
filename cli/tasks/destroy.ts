import { operate } from "../stack";

export function run(args: readonly string[]): Promise<number> {
  return operate("destroy", args);
}
