import { createHash, createHmac } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { annotations, mergedSecretName, objectLabels } from "../contract";
import type { WrittenCredential } from "./written-credentials";

const name = mergedSecretName;

export interface MergedSecretArgs {
  namespace: pulumi.Input<string>;
  /** Content by key; every value is secret. */
  files: Readonly<Record<string, pulumi.Output<string>>>;
  /** Credentials that stand in the configuration, so that policies can check them. None by default. */
  written?: readonly WrittenCredential[];
}

/**
 * The credentials that the collectors of a namespace use, in one immutable Secret that they mount. A change makes a new Secret
 * under another name. The pods roll to the new Secret, and then the old Secret is deleted.
 */
export class MergedSecret extends pulumi.ComponentResource {
  declare readonly secretName: pulumi.Output<string>;

  constructor(resourceName: string, args: MergedSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:MergedSecret", resourceName, {}, opts);
    const child = { parent: this };
    const files = pulumi.secret(pulumi.all(args.files));
    const content = files.apply((texts) => JSON.stringify(Object.entries(texts).sort()));
    // The name changes with the content. Without a key, anyone who sees the name could test guesses of passwords. Each
    // change has its own key: after a failed update the old Secret is still to be deleted, and a return to the old
    // content must not reuse the name of that Secret.
    const key = new random.RandomPassword(
      `${resourceName}-name-key`,
      {
        length: 32,
        special: false,
        keepers: { content: content.apply((text) => createHash("sha256").update(text).digest("hex")) },
      },
      { ...child, additionalSecretOutputs: ["keepers"] },
    );
    const fingerprint = pulumi
      .all([key.result, content])
      .apply(([secretKey, text]) => createHmac("sha256", secretKey).update(text).digest("hex").slice(0, 10));
    const secret = new k8s.core.v1.Secret(
      resourceName,
      {
        metadata: {
          name: pulumi.unsecret(pulumi.interpolate`${name}-${fingerprint}`),
          namespace: args.namespace,
          labels: objectLabels(name, "credentials"),
          annotations: args.written?.length
            ? { [annotations.literalCredentials]: JSON.stringify(args.written) }
            : undefined,
        },
        type: "Opaque",
        immutable: true,
        stringData: files,
      },
      child,
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
