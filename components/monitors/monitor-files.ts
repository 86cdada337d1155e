import { createHash } from "node:crypto";
import { credentialsFolder } from "../contract";
import type { KeyReference, MonitorObject, SecretOrConfigMap } from "./monitor-object";

/** The required form of a text from a Secret or ConfigMap: any text, PEM of this kind, or a text that the collector expands. */
export type FileForm = "text" | "certificate" | "private key" | "setting";

/** A key of an object in the monitor's namespace that an endpoint refers to, and its file in the merged Secret. */
export interface MonitorFile {
  readonly kind: "Secret" | "ConfigMap";
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly form: FileForm;
  /** Place of the reference in the monitor's spec. */
  readonly field: string;
  /** Key in the merged Secret. Equal references share a file. */
  readonly fileKey: string;
}

/** Makes the file of a reference. The key names the namespace, so files of two namespaces are never the same. */
export function monitorFile(
  { namespace }: MonitorObject,
  kind: MonitorFile["kind"],
  { name, key }: KeyReference,
  place: { readonly field: string; readonly form: FileForm },
): MonitorFile {
  const id = createHash("sha256")
    .update(JSON.stringify([kind, namespace, name, key, place.form]))
    .digest("hex")
    .slice(0, 16);
  return { kind, namespace, name, key, ...place, fileKey: `monitor_${namespace}_${id}` };
}

/** Returns the path of a file in the pods of agents. */
export const pathOfFile = ({ fileKey }: MonitorFile): string => `${credentialsFolder}/${fileKey}`;

/** Returns the one reference that is set; a reference without a name counts as missing, as with the operator. */
export function eitherReference({
  secret,
  configMap,
}: SecretOrConfigMap): readonly [MonitorFile["kind"], KeyReference, string] | undefined {
  if (secret?.name) return ["Secret", secret, "secret"];
  return configMap?.name ? ["ConfigMap", configMap, "configMap"] : undefined;
}
