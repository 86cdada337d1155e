import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../lab/host";
import type { RenderedFile } from "./rendered-files";

/** Marks a folder whose files came from here, and lists them. */
const marker = ".rendered";

/** Rejects a folder that holds other files: rendering removes files that are no longer rendered. */
export function checkFolder(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, marker))) return;
  throw new Failure(
    `--out: ${folder} has files that were not rendered by this command. Name an empty folder, or a new one.`,
  );
}

/** Replaces the files of an earlier rendering. Other files stay, such as `.git` or a kustomization. */
export function writeFolder(folder: string, files: readonly RenderedFile[]): void {
  const list = join(folder, marker);
  const earlier = existsSync(list) ? readFileSync(list, "utf8").split("\n").filter(Boolean) : [];
  for (const path of earlier) rmSync(join(folder, path), { force: true });
  for (const { path, text, secret } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: secret ? 0o600 : 0o644 });
  }
  writeFileSync(list, `${files.map(({ path }) => path).join("\n")}\n`);
}
