import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly nodeName: string;
    readonly volumes: readonly { readonly configMap?: { readonly name: string } }[];
  };
  readonly status: { readonly podIP: string };
}

/** Runs `kubectl` on the cluster of the tests. Returns its output. */
export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run("kubectl", args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Creates or changes an object in one request, because other clients may change it at the same time. */
export async function apply(object: object, ...options: string[]): Promise<void> {
  const child = run("kubectl", ["apply", "--server-side", "--force-conflicts", ...options, "-f", "-"]);
  child.child.stdin?.end(JSON.stringify(object));
  await child;
}

/** Sends a review to the API server as another user. The API server answers it and creates no object. */
export async function create<T>(object: object, as: string): Promise<T> {
  const child = run("kubectl", ["create", "--validate=false", `--as=${as}`, "-o", "json", "-f", "-"]);
  child.child.stdin?.end(JSON.stringify(object));
  return JSON.parse((await child).stdout) as T;
}

export async function get<T extends KubernetesObject>(...args: string[]): Promise<T[]> {
  const { items } = JSON.parse(await kubectl("get", ...args, "-o", "json")) as { items: T[] };
  return items;
}

/** Returns the pods that are not ending. */
export async function pods(namespace: string, name: string): Promise<Pod[]> {
  const all = await get<Pod & { metadata: { deletionTimestamp?: string } }>(
    "pods",
    "-n",
    namespace,
    "-l",
    `app.kubernetes.io/name=${name}`,
  );
  return all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export async function nodeNames(): Promise<string[]> {
  return (await get("nodes")).map(({ metadata }) => metadata.name).sort();
}

/** Kinds whose objects the cluster creates and removes by itself. */
const volatileKinds = ["events", "events.events.k8s.io", "leases.coordination.k8s.io", "controllerrevisions.apps"];

/** Returns every object in the cluster, as `kind namespace/name`. */
export async function everyObject(): Promise<string[]> {
  const kinds = (await kubectl("api-resources", "--verbs=list", "-o", "name"))
    .split("\n")
    .filter((kind) => kind !== "" && !volatileKinds.includes(kind));
  const items = await get(kinds.join(","), "-A");
  return [...new Set(items.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`))].sort();
}
