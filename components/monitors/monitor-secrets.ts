import { isUtf8 } from "node:buffer";
import { escapeOdd, literal } from "../collector";
import type { ReadSecrets, SecretName, SecretReading } from "../credentials";
import { errorsOf, normalizePem } from "../schema";
import { checkTls } from "../settings";
import { fault, type MonitorFault } from "./monitor-faults";
import type { FileForm, MonitorFile } from "./monitor-files";
import { isSafeText } from "./scraper-texts";

/** The texts of files by their keys in the merged Secret, and the faults of those without a text. */
export interface ReadFiles {
  readonly texts: ReadonlyMap<string, string>;
  readonly readings: ReadonlyMap<string, SecretReading>;
}

const objectId = ({ kind, namespace, name }: MonitorFile): string => `${kind}/${namespace}/${name}`;

/** Reads the objects of files, each once. */
export function readFiles(files: readonly MonitorFile[], read: ReadSecrets): ReadFiles {
  const wanted = new Map<string, SecretName>();
  for (const file of files) {
    const { keys = [], ...object } = wanted.get(objectId(file)) ?? nameOf(file);
    wanted.set(objectId(file), { ...object, keys: [...new Set([...keys, file.key])] });
  }
  const answers = read([...wanted.values()]);
  const readings = new Map([...wanted.keys()].map((id, i) => [id, answers[i] ?? missing]));
  const texts = files.flatMap((file): [string, string][] => {
    const bytes = bytesOf(file, readings.get(objectId(file)));
    return bytes !== undefined && isUtf8(bytes) ? [[file.fileKey, bytes.toString("utf8")]] : [];
  });
  return { texts: new Map(texts), readings };
}

const missing: SecretReading = { problem: "missing", detail: "" };

const nameOf = ({ kind, namespace, name }: MonitorFile): SecretName => ({
  namespace,
  name,
  ...(kind === "ConfigMap" && { kind }),
});

function bytesOf({ key }: MonitorFile, reading: SecretReading | undefined): Buffer | undefined {
  if (reading === undefined || !("data" in reading) || !Object.hasOwn(reading.data, key)) return undefined;
  return Buffer.from(reading.data[key] ?? "", "base64");
}

/** Returns why the files of an endpoint cannot be used. No fault repeats a text. */
export function fileFaults(files: readonly MonitorFile[], { texts, readings }: ReadFiles, now: Date): MonitorFault[] {
  const unread = files.filter(({ fileKey }) => !texts.has(fileKey));
  if (unread.length > 0) return unread.map((file) => unreadable(file, readings.get(objectId(file))));
  const unsafe = files.filter(({ form, fileKey }) => form === "setting" && !isSafeText(texts.get(fileKey) ?? ""));
  if (unsafe.length > 0) return unsafe.map(unsafeSetting);
  const places = new Set(
    files.flatMap(({ field }) => /^(.*)\.(?:ca|cert|keySecret)(?:\.\w+)?$/.exec(field)?.[1] ?? []),
  );
  return [...places].flatMap((place) => {
    const textAt = (part: string): string | undefined => {
      const file = files.find(({ field }) => field === `${place}.${part}` || field.startsWith(`${place}.${part}.`));
      return file && texts.get(file.fileKey);
    };
    const found = checkTls({ ca: textAt("ca"), cert: textAt("cert"), key: textAt("keySecret") }, now, place);
    return errorsOf(found).map(({ path, problem, remedy }) => fault(path, "endpoint", problem, remedy));
  });
}

function unreadable({ kind, name, key, field }: MonitorFile, reading: SecretReading | undefined): MonitorFault {
  const refers = `refers to the key ${key} of ${kind} ${name},`;
  if (reading === undefined || !("problem" in reading)) {
    const isText = reading === undefined || !Object.hasOwn(reading.data, key);
    return isText
      ? fault(field, "endpoint", `${refers} which has no such key`, "Correct the key")
      : fault(
          field,
          "endpoint",
          `${refers} which is not valid UTF-8 text`,
          "Store it as UTF-8 text, certificates and keys as PEM",
        );
  }
  if (reading.problem === "tooLong")
    return fault(
      field,
      "endpoint",
      `${refers} which is not read, because those of all monitors together are too long`,
      "Keep only what the targets need in the Secrets and ConfigMaps of this namespace",
    );
  return reading.problem === "forbidden"
    ? fault(
        field,
        "endpoint",
        `${refers} which you may not read`,
        `Get the right to get ${kind}s in the monitor's namespace`,
      )
    : fault(field, "endpoint", `${refers} which does not exist`, `Create the ${kind} or correct the reference`);
}

const unsafeSetting = ({ kind, name, key, field }: MonitorFile): MonitorFault =>
  fault(
    field,
    "endpoint",
    `refers to the key ${key} of ${kind} ${name}, which has a text that the scraper cannot read`,
    "Remove control characters and line breaks, also one at the end",
  );

/** Returns a file's content. The collector parses a setting as YAML, so it stands in quotes. */
export function fileContent(form: FileForm, text: string): string {
  if (form === "setting") return escapeOdd(JSON.stringify(literal(text)));
  return form === "text" ? text : normalizePem(text);
}

/** Returns a text of the same form without a credential, for validation. */
export const placeholder = (form: FileForm): string => fileContent(form, "placeholder");
