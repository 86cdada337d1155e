import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { annotations, type Labels } from "../contract";
import { restrictedNamespaceLabels } from "./pods";

export interface StackNamespaceArgs {
  readonly name: string;
  /** The stack, as `project/stack`. */
  readonly stack: string;
  /** Whether the namespace exists already and belongs to others. Then it only gets labels, and `destroy` leaves it. */
  readonly isExisting: boolean;
  /** Defaults to those with which the namespace admits only restricted pods. */
  readonly labels?: Labels;
}

/** Makes a namespace of the stack, or adds to one that exists. Returns its name, on which all its objects depend. */
export function stackNamespace(
  resourceName: string,
  { name, stack, isExisting, labels = restrictedNamespaceLabels }: StackNamespaceArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const mark = { [isExisting ? annotations.usedBy : annotations.stack]: stack };
  const metadata = { name, labels, annotations: mark };
  if (!isExisting) return new k8s.core.v1.Namespace(resourceName, { metadata }, options).metadata.name;
  const patch = new k8s.core.v1.NamespacePatch(resourceName, { metadata }, options);
  return patch.metadata.apply((known) => known.name ?? name);
}
