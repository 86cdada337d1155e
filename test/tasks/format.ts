import { format } from "../runner/lint";

export function run(): Promise<number> {
  return format();
}
