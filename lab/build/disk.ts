import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../host";
import type { Target } from "./targets";

const gib = 1024 ** 3;
/** GiB to leave free: a full disk would stop more than this build. */
const reserve = 2;

export interface Place {
  readonly what: string;
  readonly folder: string;
  readonly gib: number;
}

export interface Folders {
  readonly modules: string;
  readonly build: string;
  readonly results: string;
}

export function diskNeeds(missing: readonly Target[], folders: Folders): Place[] {
  const sum = (key: keyof Target["gib"]): number => missing.reduce((total, target) => total + target.gib[key], 0);
  return [
    { what: "Go's module cache", folder: folders.modules, gib: sum("modules") },
    { what: "Go's build cache", folder: folders.build, gib: sum("build") },
    { what: "the programs", folder: folders.results, gib: sum("result") },
  ];
}

export interface FileSystem {
  /** Identifies the file system of a folder, which may not exist yet. */
  device(folder: string): number;
  /** The free bytes on the file system of a folder. */
  free(folder: string): number;
}

const machine: FileSystem = {
  device: (folder) => statSync(existing(folder)).dev,
  free: (folder) => {
    const { bavail, bsize } = statfsSync(existing(folder));
    return bavail * bsize;
  },
};

/** Fails before the build if it would not fit. The real need is smaller where caches are filled already. */
export function checkDisk(places: readonly Place[], fileSystem: FileSystem = machine): void {
  for (const device of new Set(places.map((place) => fileSystem.device(place.folder)))) {
    const here = places.filter((place) => fileSystem.device(place.folder) === device && place.gib > 0);
    const need = here.reduce((total, place) => total + place.gib, 0);
    const free = fileSystem.free(here[0]?.folder ?? "/") / gib;
    if (need === 0 || free >= need + reserve) continue;
    const parts = here.map((place) => `  ${place.gib.toFixed(1)} GiB for ${place.what} in ${place.folder}`).join("\n");
    throw new Failure(
      `Not enough disk: ${(need + reserve).toFixed(1)} GiB needed, ${free.toFixed(1)} GiB free.\n${parts}\n` +
        `  ${reserve.toFixed(1)} GiB to spare\nMake room, or move a folder: set XDG_CACHE_HOME, GOCACHE or GOMODCACHE.`,
    );
  }
}

function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}
