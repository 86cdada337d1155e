import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../../cli/process";
import type { Target } from "./targets";

const gib = 1024 ** 3;
/** A disk filled to the last byte stops more than this build. */
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
  /** Identifies the file system that a folder is, or will be, on. */
  device(folder: string): number;
  /** Bytes that are free there. */
  free(folder: string): number;
}

const machine: FileSystem = {
  device: (folder) => statSync(existing(folder)).dev,
  free: (folder) => {
    const { bavail, bsize } = statfsSync(existing(folder));
    return bavail * bsize;
  },
};

/** Says before anything is built that it will not fit. Caches that are filled already make the real need smaller. */
export function checkDisk(places: readonly Place[], fileSystem: FileSystem = machine): void {
  for (const device of new Set(places.map((place) => fileSystem.device(place.folder)))) {
    const here = places.filter((place) => fileSystem.device(place.folder) === device && place.gib > 0);
    const need = here.reduce((total, place) => total + place.gib, 0);
    const free = fileSystem.free(here[0]?.folder ?? "/") / gib;
    if (need === 0 || free >= need + reserve) continue;
    const parts = here.map((place) => `  ${place.gib.toFixed(1)} GiB for ${place.what} in ${place.folder}`).join("\n");
    throw new Failure(
      `Not enough disk: ${(need + reserve).toFixed(1)} GiB wanted, ${free.toFixed(1)} GiB free.\n${parts}\n` +
        `  ${reserve.toFixed(1)} GiB to spare\nMake room, or move a folder: XDG_CACHE_HOME, GOCACHE and GOMODCACHE say where.`,
    );
  }
}

function existing(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder));
}
