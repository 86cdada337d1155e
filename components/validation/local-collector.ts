import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { podVariables } from "../collector";
import { imageVersion, type Finding } from "../schema";
import type { Places } from "./places";
import { probeConfiguration } from "./probes";
import { findingsIn, wantsProbes } from "./collector-findings";

/** A collector on this machine that is of the version that will run, as far as that is known. */
export interface LocalCollector {
  readonly path: string;
  readonly version: string | undefined;
  /** Whether the image names no version, so that the collector in the cluster may be of another one. */
  readonly mayDiffer: boolean;
}

/** Name of the program in releases and packages of the collector. */
const collectorProgram = "otelcol-contrib";

/**
 * Matches the error of a component that needs something only a pod has: the files of a service account, or the address
 * of the API server in its environment. All settings are then valid, and the validation in the cluster judges the rest.
 */
const needsPod =
  /^Error: failed to build pipelines: .*(?:\/var\/run\/secrets\/kubernetes\.io\/serviceaccount\/|KUBERNETES_SERVICE_HOST)/;

/** Time limit for one answer, in milliseconds. An answer usually takes a tenth of a second. */
const timeout = 30_000;

export interface Wanted {
  /** Path of the collector, if the user gave one. */
  readonly path?: string;
  /** The image that will run. */
  readonly image: string;
  /** Folders to search for the collector, as in the variable PATH. */
  readonly searchPath: string;
}

/** The reason why there is no collector, and the remedy, both without a full stop. */
export interface Absent {
  readonly absent: string;
  readonly remedy: string;
}

/**
 * Finds the collector for local validation, or why there is none. Another version could give another verdict, and a wrong
 * refusal would stop an update. So if the image names no version, only a collector that the user names gives a verdict.
 */
export function findCollector({ path, image, searchPath }: Wanted): LocalCollector | Absent {
  const wanted = imageVersion(image);
  if (wanted === undefined && path === undefined) return ofUnknownVersion;
  const remedy = `Put ${collectorProgram} ${wanted ?? "of the image's version"} on PATH, or its path into telemetry:validation.collector`;
  const found =
    path ??
    searchPath
      .split(delimiter)
      .map((folder) => join(folder, collectorProgram))
      .find(isProgram);
  if (found === undefined) return { absent: "no collector binary found", remedy };
  const version = versionOf(found);
  if (version === undefined) return { absent: `${found} is not a collector that can be run`, remedy };
  return wanted === undefined || version === wanted || version.startsWith(`${wanted}.`)
    ? { path: found, version, mayDiffer: wanted === undefined }
    : { absent: `${found} is version ${version}, but ${wanted} will run`, remedy };
}

const ofUnknownVersion: Absent = {
  absent: "the image has no version at the start of its tag",
  remedy: "Write it there, or name the image's collector in telemetry:validation.collector",
};

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Known versions by file and its state: all configurations of a program usually have the same collector. */
const versions = new Map<string, string>();

function versionOf(path: string): string | undefined {
  const key = stateOf(path);
  const version = (key && versions.get(key)) ?? readVersion(path);
  if (key && version !== undefined) versions.set(key, version);
  return version;
}

/** Changes when the file is replaced. Is undefined for a name that the system looks up on the PATH. */
function stateOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${path} ${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}

function readVersion(path: string): string | undefined {
  try {
    const said = execFileSync(path, ["--version"], { encoding: "utf8", timeout, stdio: ["ignore", "pipe", "ignore"] });
    return /version v?(\S+)/.exec(said)?.[1];
  } catch {
    return undefined;
  }
}

/** Returns the findings of a local collector, or why it gave no answer. */
export function validateLocally(
  collector: LocalCollector,
  configuration: string,
  files: Readonly<Record<string, string>>,
  places: Places,
): Finding[] | { readonly silent: string } {
  const main = askLocally(collector, configuration, files);
  if (typeof main === "object") return main;
  if (main === undefined || needsPod.test(main)) return [];
  const probed = wantsProbes(main, places) ? askLocally(collector, probeConfiguration(places), {}) : undefined;
  const { version } = collector;
  return findingsIn(
    { said: main, probed: typeof probed === "string" ? probed : undefined, version, hadCredentials: false },
    places,
  );
}

/** Returns a collector's errors about a configuration, `undefined` if it accepts it, or why it gave no answer. */
export function askLocally(
  collector: LocalCollector,
  configuration: string,
  files: Readonly<Record<string, string>>,
): string | undefined | { readonly silent: string } {
  const folder = mkdtempSync(join(tmpdir(), "telemetry-validation-"));
  try {
    const local = withFiles(withFolder(configuration, folder), { ...mountedFiles(configuration), ...files }, folder);
    return ask(collector, folder, local);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns empty stand-ins for files that others mount, such as a mesh's certificates: the collector requires them. */
function mountedFiles(configuration: string): Record<string, string> {
  return Object.fromEntries([...configuration.matchAll(/_file: (\/\S+)$/gm)].map(([, path = ""]) => [path, ""]));
}

/** Returns the configuration with a folder of this machine for those of the pod, which the collector requires. */
function withFolder(configuration: string, folder: string): string {
  return configuration.replaceAll(/^( *directory: )\/\S+$/gm, (_, key: string) => `${key}${folder}`);
}

/** Returns the configuration with each of the pod's files replaced by a file in the folder. */
function withFiles(configuration: string, files: Readonly<Record<string, string>>, folder: string): string {
  return Object.entries(files).reduce((text, [path, content], i) => {
    const file = join(folder, `file-${i}`);
    writeFileSync(file, content, { mode: 0o600 });
    // A path ends before the first character that cannot be part of a path.
    return text.replaceAll(new RegExp(`${escapeRegex(path)}(?![\\w.-])`, "g"), () => file);
  }, configuration);
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

function ask(
  collector: LocalCollector,
  folder: string,
  configuration: string,
): string | undefined | { silent: string } {
  const file = join(folder, "configuration.yaml");
  writeFileSync(file, configuration, { mode: 0o600 });
  try {
    execFileSync(collector.path, ["validate", `--config=${file}`], {
      encoding: "utf8",
      timeout,
      // The user's environment is left out, so that the answer is the same on each machine.
      env: Object.fromEntries(
        Object.entries(podVariables).map(([key, name]) => [name, key === "node" ? "node" : "127.0.0.1"]),
      ),
      stdio: ["ignore", "pipe", "pipe"],
    });
    return undefined;
  } catch (error) {
    const { status, stderr = "", message } = error as { status?: number | null; stderr?: string; message: string };
    if (typeof status === "number" && /^Error: /m.test(stderr)) return stderr;
    return { silent: `${collector.path} gave no answer (${message.split("\n")[0]})` };
  }
}
