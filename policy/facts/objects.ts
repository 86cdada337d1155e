/** Properties of any resource. Every value is narrowed before use. */
export type Props = Readonly<Record<string, unknown>>;

/** A Kubernetes object as a policy sees it: the program's inputs after the provider's own checks. */
export interface KubernetesObject {
  /** Type such as `apps/v1:DaemonSet`. */
  readonly type: string;
  readonly props: Props;
}

/** A Kubernetes object, with its place among the components of the program if it is known. */
export interface LocatedObject extends KubernetesObject {
  readonly urn?: string;
}

/** A Kubernetes object with its place in the stack. */
export interface StackObject extends KubernetesObject {
  readonly urn: string;
  /** Name in the program, which can differ from the name in the cluster. */
  readonly name: string;
  /** True if Pulumi refuses to delete the object. */
  readonly protect: boolean;
}

/** An object of the stack with its place in the tree of the program's components. */
export interface ParentedObject extends StackObject {
  /** URNs of the components that it belongs to, the nearest first. */
  readonly parents: readonly string[];
}

export function props(value: unknown): Props {
  return typeof value === "object" && value !== null ? (value as Props) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function texts(value: unknown): readonly string[] {
  return list(value).filter((item): item is string => typeof item === "string");
}

/** Returns the value at a path such as `spec.template.spec`. Throws in a preview if the value is not known yet. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((part, key) => props(part)[key], value);
}

/** Returns a label of the object. The key may have dots. */
export function label(object: KubernetesObject, key: string): unknown {
  return props(at(object.props, "metadata.labels"))[key];
}

/** Returns the type of a Kubernetes object without the provider's name, undefined for other resources. */
export function kubernetesType(type: string): string | undefined {
  return /^kubernetes:(.+)$/.exec(type)?.[1];
}

/** Returns the types in a URN: those of the components around a resource from the outermost, then its own. */
export function typesOf(urn: string): readonly string[] {
  return (urn.split("::")[2] ?? "").split("$");
}

/** Quotes the name of a container or volume for messages. */
export function quoted(named: unknown): string {
  return `'${String(props(named).name)}'`;
}
