import * as pulumi from "@pulumi/pulumi";

/**
 * Runs the code of dynamic resources, for all that are below a component with it among its `providers`. The one that
 * they would get otherwise is given the whole stack configuration, and keeps it in the state, in plain.
 */
export class DynamicProvider extends pulumi.ProviderResource {
  constructor(name: string, opts?: pulumi.ResourceOptions) {
    super("pulumi-nodejs", name, {}, opts);
  }
}
