import { fromFile } from "../collector";
import { isSecretKey, isSecretName } from "../schema";
import { fault, type MonitorFault } from "./monitor-faults";
import { eitherReference, monitorFile, pathOfFile, type FileForm, type MonitorFile } from "./monitor-files";
import type { KeyReference, MonitorObject, SecretOrConfigMap } from "./monitor-object";

/** A part of a scrape job's settings, with the files that it reads. */
export interface HttpSettings {
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: readonly MonitorFile[];
  readonly faults: readonly MonitorFault[];
}

export const together = (parts: readonly HttpSettings[]): HttpSettings => ({
  config: Object.assign({}, ...parts.map(({ config }) => config)) as HttpSettings["config"],
  files: parts.flatMap(({ files }) => files),
  faults: parts.flatMap(({ faults }) => faults),
});

export const settings = (config: object): HttpSettings => ({
  config: config as HttpSettings["config"],
  files: [],
  faults: [],
});
export const nothing = settings({});
export const faulty = (...faults: readonly MonitorFault[]): HttpSettings => ({ ...nothing, faults });

export const inField = (name: string, { config, ...rest }: HttpSettings): HttpSettings => ({
  ...rest,
  config: { [name]: config },
});

/** Returns a setting that reads the text of a reference from its file. */
export function fromSecret(
  monitor: MonitorObject,
  setting: string,
  reference: KeyReference | undefined,
  field: string,
  form: FileForm = "text",
): HttpSettings {
  if (!reference?.name || !reference.key)
    return faulty(fault(field, "monitor", "names no Secret and key", "Write the name of the Secret and its key"));
  return fromObject(monitor, "Secret", reference, { field, form }, setting);
}

export function fromEither(
  monitor: MonitorObject,
  setting: string,
  reference: SecretOrConfigMap,
  place: { readonly field: string; readonly form: FileForm },
): HttpSettings {
  if (reference.secret && reference.configMap)
    return faulty(fault(place.field, "monitor", "names both a Secret and a ConfigMap", "Keep one of them"));
  const [kind, key, name] = eitherReference(reference) ?? [];
  if (kind === undefined || key === undefined) return nothing;
  return fromObject(monitor, kind, key, { ...place, field: `${place.field}.${name}` }, setting);
}

/** A reference to an impossible object is not read: the API server's answer to it would count as no answer. */
function fromObject(
  monitor: MonitorObject,
  kind: MonitorFile["kind"],
  reference: KeyReference,
  place: { readonly field: string; readonly form: FileForm },
  setting: string,
): HttpSettings {
  const impossible = (part: string): HttpSettings =>
    faulty(fault(place.field, "endpoint", `has a ${part} that no ${kind} can have`, `Correct the ${part}`));
  if (!isSecretName(reference.name)) return impossible("name");
  if (!isSecretKey(reference.key)) return impossible("key");
  const file = monitorFile(monitor, kind, reference, place);
  const path = pathOfFile(file);
  return { ...settings({ [setting]: place.form === "setting" ? fromFile(path) : path }), files: [file] };
}

/** Files of the agent's pod are no one else's: the token among them would go to any target that a monitor selects. */
export const ofAgent = (field: string): HttpSettings =>
  faulty(
    fault(
      field,
      "endpoint",
      "names a file of the agent's pod, which monitors must not read",
      "Refer to a Secret of the monitor's namespace instead",
    ),
  );
