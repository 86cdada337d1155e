import { join } from "node:path";
import { ensurePackages } from "../debian";
import { bin, cacheHome, endBackground, must, root, withLock } from "../host";
import { Cache, linkResults } from "./cache";
import { checkDisk, diskNeeds } from "./disk";
import { Forecast } from "./forecast";
import { goEnvironment, goVersion } from "./go";
import { targetHash } from "./hash";
import { TargetBuild } from "./target";
import { type Target, targets } from "./targets";

export { goEnvironment } from "./go";
export {
  clusterTargets,
  engineTargets,
  imageTargets,
  kindTestTargets,
  kubernetesVersions,
  testTargets,
} from "./targets";

/** Names of all targets, in the order in which they are built. */
export const targetNames: readonly string[] = targets.map(({ name }) => name);

const labFolder = join(root, "lab");

/** A build in progress. */
export interface Building {
  /** Whether any target has to be built. */
  readonly needed: boolean;
  /** Resolves when these targets are built. */
  ready(names: readonly string[]): Promise<void>;
  readonly done: Promise<void>;
}

interface Wanted {
  readonly target: Target;
  readonly hash: string;
}

/** Builds the named targets that have no result yet, in the order of the table, and links all of them into `.toolchain/bin`. */
export async function startBuilding(names: readonly string[]): Promise<Building> {
  const cache = new Cache(join(cacheHome(), "toolchain"));
  const version = names.length > 0 ? await goVersion() : "";
  const wanted = targets
    .filter((target) => names.includes(target.name))
    .map((target) => ({ target, hash: targetHash(target, labFolder, version) }));
  const finished = new Map(wanted.map(({ target }) => [target.name, deferred()]));
  for (const { promise } of finished.values()) promise.catch(() => undefined);

  const finish = ({ target, hash }: Wanted): void => {
    cache.touch(target.name, hash);
    linkResults([cache.path(target.name, hash)], bin);
    finished.get(target.name)?.resolve();
  };
  const isThere = ({ target, hash }: Wanted): boolean => cache.has(target.name, hash);
  const needed = !wanted.every(isThere);
  const build = async (): Promise<void> => {
    wanted.filter(isThere).forEach(finish);
    if (!needed) return;
    const waiting = (): void => console.log("Another build runs. Waiting for it.");
    await withLock(
      cache.folder,
      async () => {
        cache.clean();
        wanted.filter(isThere).forEach(finish);
        await buildAll(
          wanted.filter((one) => !isThere(one)),
          cache,
          finish,
        );
      },
      waiting,
    );
  };
  const done = build().catch((error: unknown) => {
    for (const { reject } of finished.values()) reject(error);
    throw error;
  });
  done.catch(() => undefined);
  return {
    needed,
    done,
    ready: async (parts) => {
      for (const part of parts) await finished.get(part)?.promise;
    },
  };
}

/**
 * Compiles one target after the other: each keeps all cores busy, and shared packages are compiled once. Meanwhile, the
 * source of the next targets is downloaded and the target before is linked, which takes one core.
 */
async function buildAll(missing: readonly Wanted[], cache: Cache, finish: (built: Wanted) => void): Promise<void> {
  if (missing.length === 0) return;
  await ensurePackages(missing.flatMap(({ target }) => target.debian ?? []));
  await checkRoom(missing, cache);
  const names = missing.map(({ target }) => target.name).join(", ");
  console.log(`Building from source, once for this user: ${names}`);
  const builds = missing.map((one) => ({
    ...one,
    build: new TargetBuild(one.target, labFolder, cache.stage(one.target.name)),
  }));
  const forecast = new Forecast(missing.map(({ target }) => target.seconds));
  let last = Promise.resolve();
  const downloads = builds.map(({ build }) => {
    last = last.then(() => build.download());
    last.catch(() => undefined);
    return last;
  });
  let links = Promise.resolve();
  try {
    for (const [index, one] of builds.entries()) {
      await downloads[index];
      await Promise.race([one.build.compile(() => forecast.words()), failure(links)]);
      forecast.next();
      links = links
        .then(() => one.build.link())
        .then(() => {
          cache.publish(one.build.result, one.target.name, one.hash);
          finish(one);
        });
      links.catch(() => undefined);
    }
    await links;
  } catch (error) {
    endBackground();
    await Promise.allSettled([links, ...downloads]);
    throw error;
  } finally {
    cache.clean();
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let [resolve, reject]: [() => void, (error: unknown) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** Rejects when the promise rejects. Never resolves. */
function failure(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => void promise.catch(reject));
}

async function checkRoom(missing: readonly Wanted[], cache: Cache): Promise<void> {
  const { stdout } = await must("go", ["env", "GOMODCACHE", "GOCACHE"], { env: goEnvironment(false) });
  const [modules = "", build = ""] = stdout.split("\n");
  checkDisk(
    diskNeeds(
      missing.map(({ target }) => target),
      { modules, build, results: cache.folder },
    ),
  );
}

/** Builds the named targets that have no result yet, and waits for them. */
export async function ensureBuilt(names: readonly string[]): Promise<void> {
  await (
    await startBuilding(names)
  ).done;
}

/** Empties Go's caches. All of this user's Go projects share them. */
export async function dropGoCaches(): Promise<void> {
  console.log(
    "Emptying this user's build cache and module cache of Go. Your other Go projects fill them again with their next builds.",
  );
  await must("go", ["clean", "-cache", "-modcache"], { env: goEnvironment(false) });
}
