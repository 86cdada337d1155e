import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";

/** Makes a resource's input from an access. A kubeconfig may hold credentials, so every kubeconfig is secret. */
export function accessAsInput({ kubeconfig, context }: ClusterAccess): pulumi.Inputs {
  return { kubeconfig: kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig), context };
}
