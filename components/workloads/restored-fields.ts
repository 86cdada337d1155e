import * as pulumi from "@pulumi/pulumi";

/**
 * Annotation with which the kubernetes provider overwrites a field that another field manager has changed. Without it, each
 * update ends with a conflict: after `kubectl patch`, and after an update that was killed before the engine recorded its
 * object. An annotation works with every provider that a program brings, and with provider versions before 4.29, which
 * lack the setting `enablePatchForce`.
 */
const patchForce = "pulumi.com/patchForce";

/**
 * Returns options with which all Kubernetes objects of a component restore every field that the program sets. Fields that
 * the program does not set keep the values of others, and so do fields in `ignoreChanges`.
 */
export function restoringFields(opts: pulumi.ComponentResourceOptions = {}): pulumi.ComponentResourceOptions {
  return { ...opts, transformations: [...(opts.transformations ?? []), withPatchForce] };
}

interface Metadata {
  readonly annotations?: pulumi.Input<Readonly<Record<string, string>>>;
}

const withPatchForce: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  if (!type.startsWith("kubernetes:")) return undefined;
  const { metadata = {} } = props as { metadata?: Metadata };
  const annotations = withEntry(metadata.annotations);
  return { props: { ...(props as object), metadata: { ...metadata, annotations } }, opts };
};

function withEntry(annotations: Metadata["annotations"]): Metadata["annotations"] {
  if (annotations === undefined) return { [patchForce]: "true" };
  return pulumi.output(annotations).apply((known) => ({ ...known, [patchForce]: "true" }));
}
