import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { isMap, parseAllDocuments, parseDocument, type Document } from "yaml";
import type { SecretName } from "../components/credentials";
import { formatFinding, type Finding } from "../components/schema";
import { textOfFile } from "../components/settings";
import { takesContainerLogs } from "./container-log-pipelines";
import { referencedSecrets, wantedMonitors, type WantedMonitors } from "./references";

/** The place of a stack's inputs. */
export interface InputPlace {
  /** The folder of the stack's settings. Paths of pipeline files and of the policies' settings are relative to it. */
  readonly folder: string;
  readonly stack: string;
  /** The settings of the policy pack, relative to `folder`. */
  readonly policies?: string;
}

export interface InputFile {
  /** The path as the user wrote it. */
  readonly path: string;
  /** Missing if the file cannot be read, or is not UTF-8. */
  readonly text?: string;
  /** Set if the file is not UTF-8: as text, it would silently have other characters. */
  readonly fault?: Finding;
}

/** All inputs of an update, as they were at one moment. */
export interface Inputs {
  readonly stack: string;
  /** The file `Pulumi.<stack>.yaml`. */
  readonly settings: InputFile;
  readonly pipelineFiles: readonly InputFile[];
  /** Pipeline objects of the cluster, as manifests. */
  readonly objects: readonly InputFile[];
  readonly policies?: InputFile;
  /** All Secrets that any of these reference. */
  readonly secrets: readonly SecretName[];
  /** Whether a pipeline takes container logs. */
  readonly containerLogs: boolean;
  /** The settings of pipelines about monitors of the Prometheus Operator. */
  readonly monitors: WantedMonitors;
}

/** Returns the name of a stack as its files have it: `prod` for `acme/telemetry/prod`. */
export const shortName = (stack: string): string => stack.slice(stack.lastIndexOf("/") + 1);

/** Returns the name of the file with a stack's settings. */
export const settingsFile = (stack: string): string => `Pulumi.${shortName(stack)}.yaml`;

/** Returns the name of the file with a stack's settings of the policy pack, which a stack need not have. */
export const policiesFile = (stack: string): string => `policy/config/${shortName(stack)}.json`;

/** Reads all files as they are now. */
export function readInputs(place: InputPlace, objects: readonly InputFile[] = []): Inputs {
  const read = (path: string): InputFile => {
    try {
      const text = textOfFile(path, readFileSync(isAbsolute(path) ? path : join(place.folder, path)));
      return typeof text === "string" ? { path, text } : { path, fault: text };
    } catch {
      return { path };
    }
  };
  const settings = read(settingsFile(place.stack));
  const document = readYaml(settings.text ?? "");
  const pipelineFiles = pipelinePaths(document).map(read);
  const manifests = [...pipelineFiles, ...objects].flatMap(documentsOf);
  const documents = [asData(document), ...manifests];
  return {
    stack: place.stack,
    settings,
    pipelineFiles,
    objects,
    policies: place.policies === undefined ? undefined : read(place.policies),
    secrets: referencedSecrets(documents),
    monitors: wantedMonitors(documents),
    containerLogs: takesContainerLogs(configOf(document)["telemetry:logPipelines"], manifests),
  };
}

/** Options with which errors and warnings do not quote the text: it may have credentials. */
const quiet = { prettyErrors: false, logLevel: "error" } as const;

function readYaml(text: string): Document.Parsed {
  return parseDocument(text, quiet);
}

/**
 * Returns the reason, for people, why the files allow no update: one is not UTF-8, that of the settings or of the policies
 * cannot be read, or the settings deploy a manager.
 */
export function settingsProblem(inputs: Inputs): string | undefined {
  const { policies } = inputs;
  const [fault] = [inputs.settings, ...inputs.pipelineFiles, ...(policies ? [policies] : [])].flatMap(
    (file) => file.fault ?? [],
  );
  if (fault) return formatFinding(fault);
  // The update would run without the policies.
  if (policies && policies.text === undefined) {
    return `${policies.path}: cannot be read. Put the policies' settings there, or start the manager with --no-policies.`;
  }
  return problemOfSettings(inputs);
}

function problemOfSettings(inputs: Inputs): string | undefined {
  const { path, text } = inputs.settings;
  if (text === undefined) return `${path}: cannot be read. Put the stack's settings there.`;
  const [fault] = readYaml(text).errors;
  if (fault) return `${path}: is not valid YAML (${fault.code} at character ${fault.pos[0]}). Correct it there.`;
  if (settingOf(inputs, managerKey) === undefined) return undefined;
  return `${path}: has ${managerKey}, so the update would remove gateway and agent. Put the manager into its own stack.`;
}

/** The setting of stacks that deploy a manager. No manager can manage such a stack: its account may not make another manager. */
export const managerKey = "telemetry:manager";

/** Returns a setting of the stack by its key with the project's name. */
export function settingOf({ settings }: Inputs, key: string): unknown {
  return configOf(readYaml(settings.text ?? ""))[key] ?? undefined;
}

/** Makes a hash that changes with every input of an update. `secrets` has one text for each Secret's content. */
export function fingerprint(inputs: Inputs, secrets: readonly string[]): string {
  const { settings, pipelineFiles, objects, policies } = inputs;
  return createHash("sha256")
    .update(JSON.stringify([settings, pipelineFiles, objects, policies, secrets]))
    .digest("hex");
}

/** A copy of the inputs in its own folder, which stays unchanged while an update runs. */
export interface Snapshot {
  /** For pulumi's `--config-file`. */
  readonly settings: string;
  /** For pulumi's `--policy-pack-config`. */
  readonly policies?: string;
}

/** Writes all inputs to a folder and deletes its previous content. */
export function writeSnapshot(folder: string, inputs: Inputs): Snapshot {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const place = ({ path, text }: InputFile): string =>
    // An unreadable file keeps its path, so that the program reports it.
    text === undefined ? path : write(join(filesFolder, normalize(join("/", path))), text);
  const files = new Map(inputs.pipelineFiles.map((file) => [file.path, place(file)]));
  const text = withFiles(inputs.settings.text ?? "", files, inputs.objects.map(place));
  const { policies } = inputs;
  return {
    settings: write(settingsFile(inputs.stack), text),
    ...(policies?.text !== undefined && { policies: write("policies.json", policies.text) }),
  };
}

/** Replaces the paths of a snapshot's files in a text with the paths that users wrote. */
export function withUsersPaths(text: string, folder: string): string {
  return text.replaceAll(`${join(folder, filesFolder)}/`, "");
}

const filesFolder = "files";
const pipelineFilesKey = "telemetry:pipelineFiles";

/**
 * Returns settings with new paths for their files, and with more files. Settings without any files stay byte for byte the
 * same. So do settings with another value than a list of files: the program reports that.
 */
function withFiles(text: string, places: ReadonlyMap<unknown, string>, more: readonly string[]): string {
  if (places.size + more.length === 0) return text;
  const document = readYaml(text);
  const written = writtenFiles(document);
  const config = document.get("config") ?? undefined;
  const parent = config ?? document.contents;
  if (!Array.isArray(written) || (parent !== null && !isMap(parent))) return text;
  if (config === undefined) document.set("config", document.createNode({}));
  const files = [...written.map((file: unknown) => places.get(file) ?? file), ...more];
  document.setIn(["config", pipelineFilesKey], document.createNode(files));
  return document.toString();
}

/** Returns the list of files as written, which may be another value, or an empty list if nothing is written. */
function writtenFiles(document: Document): unknown {
  const written = configOf(document)[pipelineFilesKey] ?? [];
  // `pulumi config set` without `--path` writes a list as text.
  return typeof written === "string" ? fromJson(written) : written;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function configOf(document: Document): Readonly<Record<string, unknown>> {
  return (asData(document) as { config?: Record<string, unknown> } | null)?.config ?? {};
}

function pipelinePaths(document: Document): string[] {
  const files = writtenFiles(document);
  return Array.isArray(files) ? files.filter((file) => typeof file === "string") : [];
}

/** Returns null for a broken document: the program reports it. */
function asData(document: Document): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    return null;
  }
}

function documentsOf({ text }: InputFile): unknown[] {
  const documents = parseAllDocuments(text ?? "", { ...quiet, merge: true });
  return [...documents].map((document) => asData(document));
}
