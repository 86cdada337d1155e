import { rmSync } from "node:fs";
import { join } from "node:path";
import { must, root } from "../../lab/host";

/** Builds the package that `npm pack` packs: JavaScript and types. */
export async function run(): Promise<number> {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  await must(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root,
  });
  return 0;
}
