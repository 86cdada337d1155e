import { props, type KubernetesObject } from "./objects";
import { outputOfKey } from "./user-settings";
import { isMergedSecret, secretFiles } from "./telemetry";

/** An address that a pipeline keeps in a Secret. A message may name the key and the setting, never the address. */
export interface SecretAddress {
  readonly key: string;
  /** The setting that the address comes from. */
  readonly setting: string;
  readonly address: string;
}

/** Lists the endpoints and token URLs in the merged Secret. */
export function secretAddresses(object: KubernetesObject): readonly SecretAddress[] {
  if (!isMergedSecret(object)) return [];
  return [...secretFiles(object)].flatMap(([key, text]): SecretAddress[] => {
    if (key.endsWith("_endpoint")) return [{ key, setting: `${outputOfKey(key)}.endpoint`, address: text }];
    if (!key.endsWith("_authentication")) return [];
    const { token_url: address } = props(parsed(text));
    const setting = `${outputOfKey(key)}.authentication.oauth2.tokenURL`;
    return typeof address === "string" ? [{ key, setting, address }] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
