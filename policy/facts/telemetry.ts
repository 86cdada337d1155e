import { at, label, props, type KubernetesObject } from "./objects";

/** Labels that distinguish the objects of telemetry from others in the same stack. */
const partOf = "app.kubernetes.io/part-of";
const component = "app.kubernetes.io/component";

/** Returns the part of telemetry that an object belongs to, such as `gateway`. Undefined for other objects. */
export function componentOf(object: KubernetesObject): string | undefined {
  const name = label(object, component);
  return label(object, partOf) === "telemetry" && typeof name === "string" ? name : undefined;
}

/** Returns true if an object belongs to the manager, which is not part of the telemetry that it manages. */
export function isManagers(object: KubernetesObject): boolean {
  return label(object, partOf) === "telemetry-manager" && label(object, component) === "manager";
}

/** Returns true for the one Secret with all credentials. Goes by labels: a first preview does not know the name. */
export function isMergedSecret(object: KubernetesObject): boolean {
  return object.type === "core/v1:Secret" && componentOf(object) === "credentials";
}

/** Start of the merged Secret's name. The rest changes with the content. */
export const mergedSecretName = "telemetry-credentials";

/** Returns the content of a Secret by key, in clear text. No character of it may appear in a message. */
export function secretFiles({ props: secret }: KubernetesObject): ReadonlyMap<string, string> {
  const plain = Object.entries(props(at(secret, "stringData")));
  // The provider's check encodes the content in base64, except while a part of the object is not known.
  const encoded = Object.entries(props(at(secret, "data")));
  return new Map([
    ...encoded.map(([key, value]): [string, string] => [key, Buffer.from(String(value), "base64").toString("utf8")]),
    ...plain.map(([key, value]): [string, string] => [key, String(value)]),
  ]);
}
