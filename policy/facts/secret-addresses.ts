import { props, type KubernetesObject } from "./objects";
import { isMergedSecret, secretFiles } from "./telemetry";

/** An address that a pipeline keeps in a Secret: the key may be told, the text may not. */
export interface SecretAddress {
  readonly key: string;
  readonly address: string;
}

/** Endpoints and token URLs in the merged Secret. */
export function secretAddresses(object: KubernetesObject): readonly SecretAddress[] {
  if (!isMergedSecret(object)) return [];
  return [...secretFiles(object)].flatMap(([key, text]): SecretAddress[] => {
    if (key.endsWith("_endpoint")) return [{ key, address: text }];
    if (!key.endsWith("_authentication")) return [];
    const { token_url: address } = props(parsed(text));
    return typeof address === "string" ? [{ key, address }] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
