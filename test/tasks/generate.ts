import { writeGenerated } from "../../docs/generate";

export async function run(): Promise<number> {
  await writeGenerated();
  return 0;
}
