import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../process";
import type { RenderedFile } from "./rendered-files";

/** Marks a folder whose content is ours to replace. */
const marker = ".rendered";

/** Fails for a folder that somebody keeps other things in: what is no longer rendered has to be removed from it. */
export function checkFolder(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, marker))) return;
  throw new Failure(`${folder} has files that did not come from here. Name an empty folder, or a new one.`);
}

/** Replaces what an earlier rendering wrote. Files beside that stay, such as `.git` or a kustomization. */
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
