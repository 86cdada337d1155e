import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Target } from "./targets";

/** The folder of a target's module, followed by that of its generator's module if its source is generated. */
export function sourceFolders(target: Target, labFolder: string): string[] {
  const folders = [join(labFolder, target.module)];
  if (target.generator) folders.push(join(labFolder, "modules/collector-builder"));
  return folders;
}

/** The key of a target's result. It changes with every input of the build. Runs no program. */
export function targetHash(target: Target, labFolder: string, goVersion: string): string {
  const hash = createHash("sha256");
  // A length precedes each input, so that different inputs never join to the same bytes.
  const add = (text: string | Buffer): void => void hash.update(`${Buffer.byteLength(text)}:`).update(text);
  add(goVersion);
  add(JSON.stringify({ ...target, seconds: undefined }));
  for (const folder of sourceFolders(target, labFolder)) {
    for (const file of sourceFiles(folder)) {
      add(relative(folder, file));
      add(readFileSync(file));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** All files that the build may use, embedded files included, tests excluded. */
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
