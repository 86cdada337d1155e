import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Target } from "./targets";

/** Where a target's module and, if its source is generated, the generator's module are. */
export function sourceFolders(target: Target, labFolder: string): string[] {
  const folders = [join(labFolder, target.module)];
  if (target.generator) folders.push(join(labFolder, "modules/collector-builder"));
  return folders;
}

/** Key of a target's result: the same as long as nothing that goes into it changes. Computed without running anything. */
export function targetHash(target: Target, labFolder: string, goVersion: string): string {
  const hash = createHash("sha256");
  // Lengths in front, so that no two inputs run together to the same bytes.
  const add = (text: string | Buffer): void => void hash.update(`${Buffer.byteLength(text)}:`).update(text);
  add(goVersion);
  add(JSON.stringify(target));
  for (const folder of sourceFolders(target, labFolder)) {
    for (const file of sourceFiles(folder)) {
      add(relative(folder, file));
      add(readFileSync(file));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** All that may be compiled in, embedded files too; not tests. */
export function sourceFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (isNoSource(entry)) return [];
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sourceFiles(path) : [path];
    });
}

function isNoSource({ name }: Dirent): boolean {
  return name.startsWith(".") || /_test\.go$|\.ts$|\.md$/.test(name) || name === "testdata" || name === "node_modules";
}
