import * as pulumi from "@pulumi/pulumi";

/**
 * Runs the code of the dynamic resources below a component that has this provider among its `providers`. Pulumi's
 * default provider receives the whole stack configuration and keeps it in the state as plain text.
 */
export class DynamicProvider extends pulumi.ProviderResource {
  constructor(name: string, opts?: pulumi.ResourceOptions) {
    super("pulumi-nodejs", name, {}, opts);
  }
}
