import type * as pulumi from "@pulumi/pulumi";

/** A string given directly, or a key of a Secret that is read from the cluster on each update. */
export type Value = LiteralValue | SecretKeyReference;

interface LiteralValue {
  readonly kind: "literal";
  /**
   * Wrapped by `pulumi.secret`, except for an address: where an address stands in the configuration itself, `plain` has
   * its text, because it decides ports of NetworkPolicies and stands in messages.
   */
  readonly value: pulumi.Output<string>;
  readonly plain?: string;
  /** Whether the text itself stands in the configuration, and is not an Output that a program gave. */
  readonly written?: true;
  /** Length of a written text in bytes. */
  readonly bytes?: number;
}

export interface SecretKeyReference {
  readonly kind: "secretKeyRef";
  readonly name: string;
  readonly namespace: string;
  readonly key: string;
}
