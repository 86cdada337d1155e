import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";

const stagingPrefix = ".new-";
/** Results are kept this long after their last use, and only a few of each target: work on a target makes many. */
const keptDays = 30;
const keptPerTarget = 5;

/** The results of all checkouts of a user: `<target>-<hash>/` with the programs. A result is complete or absent. */
export class Cache {
  constructor(readonly folder: string) {}

  path(target: string, hash: string): string {
    return join(this.folder, `${target}-${hash}`);
  }

  has(target: string, hash: string): boolean {
    return existsSync(this.path(target, hash));
  }

  /** Makes an empty folder to build in, on the same file system. */
  stage(target: string): string {
    const folder = join(this.folder, `${stagingPrefix}${target}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Turns a staged folder into the result, in one step. */
  publish(staged: string, target: string, hash: string): void {
    rmSync(this.path(target, hash), { recursive: true, force: true });
    renameSync(staged, this.path(target, hash));
  }

  /** Marks a result as used now. */
  touch(target: string, hash: string): void {
    utimesSync(this.path(target, hash), new Date(), new Date());
  }

  /** Removes the remains of interrupted builds and results that are no longer used. The caller must hold the lock. */
  clean(now = Date.now()): void {
    if (!existsSync(this.folder)) return;
    const entries = readdirSync(this.folder).map((name) => ({ name, used: statSync(join(this.folder, name)).mtimeMs }));
    const newestFirst = entries.sort((a, b) => b.used - a.used);
    const kept = new Map<string, number>();
    for (const { name, used } of newestFirst) {
      const target = name.slice(0, name.lastIndexOf("-"));
      const newer = kept.get(target) ?? 0;
      const old = now - used > keptDays * 24 * 3600 * 1000 || newer >= keptPerTarget;
      if (old || name.startsWith(stagingPrefix)) rmSync(join(this.folder, name), { recursive: true, force: true });
      else kept.set(target, newer + 1);
    }
  }
}

/** Links all programs of some results into the folder `bin`. Keeps links that are right already. */
export function linkResults(results: readonly string[], bin: string): void {
  for (const result of results) linkFolder(result, bin);
}

function linkFolder(from: string, to: string): void {
  // Through a link to a folder, these links would be written into the cache.
  if (lstatSync(to, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(to);
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, link] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, link);
    else replaceLink(source, link);
  }
}

function replaceLink(source: string, link: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === source) return;
  const fresh = join(dirname(link), `.link-${process.pid}`);
  rmSync(fresh, { force: true });
  symlinkSync(source, fresh);
  renameSync(fresh, link);
}
