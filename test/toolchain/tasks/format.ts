import { format } from "../checks/lint";

export function run(): Promise<number> {
  return format();
}
