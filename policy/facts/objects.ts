/** Value of any resource property; everything is narrowed before it is used. */
export type Props = Readonly<Record<string, unknown>>;

/** A Kubernetes object as a policy sees it: what the program asked for, after the provider's own checks. */
export interface KubernetesObject {
  /** Such as `apps/v1:DaemonSet`. */
  readonly type: string;
  readonly props: Props;
}

/** The same with its place in the stack. */
export interface StackObject extends KubernetesObject {
  readonly urn: string;
  /** Name in the program, which is not always that in the cluster. */
  readonly name: string;
  /** Whether pulumi refuses to delete it. */
  readonly protect: boolean;
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

/** What is set at a path such as `spec.template.spec`. Throws in a preview when that is not known yet. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((part, key) => props(part)[key], value);
}

/** A label of the object, whose key may have dots. */
export function label(object: KubernetesObject, key: string): unknown {
  return props(at(object.props, "metadata.labels"))[key];
}

/** Type of a Kubernetes object without the provider's name; nothing for other resources. */
export function kubernetesType(type: string): string | undefined {
  return /^kubernetes:(.+)$/.exec(type)?.[1];
}

/** Name of a container or volume, for messages. */
export function quoted(named: unknown): string {
  return `'${String(props(named).name)}'`;
}
