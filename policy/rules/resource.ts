import type { ReportViolation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";

/** Value of any resource property; everything is narrowed before it is used. */
export type Props = Readonly<Record<string, unknown>>;

export function props(value: unknown): Props {
  return typeof value === "object" && value !== null ? (value as Props) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is set at a path such as `spec.template.spec`. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((part, key) => props(part)[key], value);
}

export interface KubernetesObject {
  /** Such as `apps/v1:DaemonSet`. */
  readonly type: string;
  readonly props: Props;
}

/** A mandatory rule about single Kubernetes objects, decided by a pure function from object to violations. */
export function kubernetesRule(
  rule: { readonly name: string; readonly description: string },
  violations: (object: KubernetesObject) => readonly string[],
): ResourceValidationPolicy {
  return {
    ...rule,
    enforcementLevel: "mandatory",
    validateResource: ({ type, props: resource }: ResourceValidationArgs, report: ReportViolation) => {
      const [, object] = /^kubernetes:(.+)$/.exec(type) ?? [];
      if (object === undefined) return;
      for (const violation of violations({ type: object, props: props(resource) })) report(violation);
    },
  };
}
