import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { isMap, parseDocument, type Document } from "yaml";
import type { SecretName } from "../components/credentials";
import { referencedSecrets } from "./watch/references";

/** Where a stack's inputs are. */
export interface InputPlace {
  /** Folder of the stack's settings; paths of pipeline files and of the policies' settings start there. */
  readonly folder: string;
  readonly stack: string;
  /** Settings of the policy pack, from `folder`. */
  readonly policies?: string;
}

export interface InputFile {
  /** As the user wrote it. */
  readonly path: string;
  /** Nothing when it can't be read. */
  readonly text?: string;
}

/** Everything that an update is made from, as it was at one moment. */
export interface Inputs {
  readonly stack: string;
  /** The file `Pulumi.<stack>.yaml`. */
  readonly settings: InputFile;
  readonly pipelineFiles: readonly InputFile[];
  /** Pipelines that are objects of the cluster, as manifests. */
  readonly objects: readonly InputFile[];
  readonly policies?: InputFile;
  /** All Secrets that any of these refer to. */
  readonly secrets: readonly SecretName[];
}

/** Looks at all files now. */
export function readInputs(place: InputPlace, objects: readonly InputFile[] = []): Inputs {
  const read = (path: string): InputFile => {
    try {
      return { path, text: readFileSync(isAbsolute(path) ? path : join(place.folder, path), "utf8") };
    } catch {
      return { path };
    }
  };
  const settings = read(`Pulumi.${place.stack}.yaml`);
  const document = parseDocument(settings.text ?? "", { prettyErrors: false });
  const pipelineFiles = pipelinePaths(document).map(read);
  return {
    stack: place.stack,
    settings,
    pipelineFiles,
    objects,
    policies: place.policies === undefined ? undefined : read(place.policies),
    secrets: referencedSecrets([asData(document), ...[...pipelineFiles, ...objects].flatMap(documentsOf)]),
  };
}

/** What is wrong with the settings themselves, before any program can read them. */
export function settingsProblem({ settings: { path, text } }: Inputs): string | undefined {
  if (text === undefined) return `${path}: cannot be read. Put the stack's settings there.`;
  const [fault] = parseDocument(text, { prettyErrors: false }).errors;
  return fault && `${path}: is no valid YAML (${fault.code} at character ${fault.pos[0]}). Correct it there.`;
}

/** A setting of the stack, by its key with the project's name, if anything is written there. */
export function settingOf({ settings }: Inputs, key: string): unknown {
  return configOf(parseDocument(settings.text ?? "", { prettyErrors: false }))[key] ?? undefined;
}

/** Changes with everything that can make a difference to an update. `secrets` has one text for each Secret's content. */
export function fingerprint(inputs: Inputs, secrets: readonly string[]): string {
  const { settings, pipelineFiles, objects, policies } = inputs;
  return createHash("sha256")
    .update(JSON.stringify([settings, pipelineFiles, objects, policies, secrets]))
    .digest("hex");
}

/** Inputs in a folder of their own, where nobody changes them while an update runs. */
export interface Snapshot {
  /** For pulumi's `--config-file`. */
  readonly settings: string;
  /** For pulumi's `--policy-pack-config`. */
  readonly policies?: string;
}

/** Writes all inputs to a folder, whatever was there before. */
export function writeSnapshot(folder: string, inputs: Inputs): Snapshot {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const place = ({ path, text }: InputFile): string =>
    // What can't be read stays where it is, for the program to say so.
    text === undefined ? path : write(join(filesFolder, normalize(join("/", path))), text);
  const files = new Map(inputs.pipelineFiles.map((file) => [file.path, place(file)]));
  const text = withFiles(inputs.settings.text ?? "", files, inputs.objects.map(place));
  const { policies } = inputs;
  return {
    settings: write(`Pulumi.${inputs.stack}.yaml`, text),
    ...(policies?.text !== undefined && { policies: write("policies.json", policies.text) }),
  };
}

/** A message about files of a snapshot, in the paths that users know. */
export function inUsersPaths(message: string, folder: string): string {
  return message.replaceAll(`${join(folder, filesFolder)}/`, "");
}

const filesFolder = "files";
const pipelineFilesKey = "telemetry:pipelineFiles";

/**
 * Settings with their files at other places, and further files. Without any they stay byte for byte what they were, and so
 * do those that have something else where a list of files belongs, for the program to say so.
 */
function withFiles(text: string, places: ReadonlyMap<unknown, string>, more: readonly string[]): string {
  if (places.size + more.length === 0) return text;
  const document = parseDocument(text);
  const written = writtenFiles(document);
  const config = document.get("config") ?? undefined;
  const parent = config ?? document.contents;
  if (!Array.isArray(written) || (parent !== null && !isMap(parent))) return text;
  if (config === undefined) document.set("config", document.createNode({}));
  const files = [...written.map((file: unknown) => places.get(file) ?? file), ...more];
  document.setIn(["config", pipelineFilesKey], document.createNode(files));
  return document.toString();
}

/** A list of files, unless something else was written; none where nothing was. */
function writtenFiles(document: Document): unknown {
  const written = configOf(document)[pipelineFilesKey] ?? [];
  // As `pulumi config set` without `--path` writes a list.
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

/** Broken documents are the program's to complain about. */
function asData(document: Document): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    return null;
  }
}

function documentsOf({ text }: InputFile): unknown[] {
  const parts = (text ?? "").split(/^---\s*$/m);
  return parts.map((part) => asData(parseDocument(part, { prettyErrors: false, merge: true })));
}
