import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";

/** Makes an input of a resource from it. A kubeconfig's content holds credentials, so every kubeconfig is secret. */
export function accessAsInput({ kubeconfig, context }: ClusterAccess): pulumi.Inputs {
  return { kubeconfig: kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig), context };
}
