import { at, label, props, type KubernetesObject } from "./objects";

/** How the objects of the telemetry stack are told from others in the same stack. */
const partOf = "app.kubernetes.io/part-of";
const component = "app.kubernetes.io/component";

/** The part that an object of ours belongs to, such as `gateway` or `agent`. */
export function componentOf(object: KubernetesObject): string | undefined {
  const name = label(object, component);
  return label(object, partOf) === "telemetry" && typeof name === "string" ? name : undefined;
}

/** Whether it belongs to the manager, which is no part of the telemetry that it manages. */
export function isManagers(object: KubernetesObject): boolean {
  return label(object, partOf) === "telemetry-manager" && label(object, component) === "manager";
}

/** Whether it is the one Secret with all credentials. Not told by its name, which a first preview does not know. */
export function isMergedSecret(object: KubernetesObject): boolean {
  return object.type === "core/v1:Secret" && componentOf(object) === "credentials";
}

/** How the name of the merged Secret begins; the rest changes with its content. */
export const mergedSecretName = "telemetry-credentials";

/** Content of a Secret by key, in clear. Not one character of it may get into a message. */
export function secretFiles({ props: secret }: KubernetesObject): ReadonlyMap<string, string> {
  const plain = Object.entries(props(at(secret, "stringData")));
  // What the provider has checked is in base64, except while a part of the object is not known.
  const encoded = Object.entries(props(at(secret, "data")));
  return new Map([
    ...encoded.map(([key, value]): [string, string] => [key, Buffer.from(String(value), "base64").toString("utf8")]),
    ...plain.map(([key, value]): [string, string] => [key, String(value)]),
  ]);
}
