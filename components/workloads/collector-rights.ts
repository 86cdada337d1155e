import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../contract";
import { nameOutside, type CollectorPlan } from "../plan";

interface PlacedPlan {
  readonly plan: CollectorPlan;
  readonly namespace: pulumi.Input<string>;
  readonly stackNamespace?: pulumi.Input<string>;
}

/** Makes the roles of a collector, bound to its service account, and returns the bindings. */
export function grantRights(
  resourceName: string,
  args: PlacedPlan,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { namespace, plan } = args;
  const { name, rights } = plan;
  const labels = objectLabels(name, plan.kind);
  const apiGroup = "rbac.authorization.k8s.io";
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const bindings: pulumi.Resource[] = [];
  if (rights.cluster.length > 0) {
    const metadata = { name: nameInCluster(args), labels };
    const role = new k8s.rbac.v1.ClusterRole(resourceName, { metadata, rules: [...rights.cluster] }, options);
    const roleRef = { apiGroup, kind: "ClusterRole", name: role.metadata.name };
    bindings.push(new k8s.rbac.v1.ClusterRoleBinding(resourceName, { metadata, roleRef, subjects }, options));
  }
  rights.namespaces.forEach(({ namespace: where = namespace, rules }, i) => {
    const metadata = { name: where === namespace ? name : nameInCluster(args), namespace: where, labels };
    const child = i === 0 ? resourceName : `${resourceName}-${i}`;
    const role = new k8s.rbac.v1.Role(child, { metadata, rules: [...rules] }, options);
    const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
    bindings.push(new k8s.rbac.v1.RoleBinding(child, { metadata, roleRef, subjects }, options));
  });
  return bindings;
}

/** Returns the name of its objects that are not in its namespace. */
export function nameInCluster({ plan, namespace, stackNamespace = namespace }: PlacedPlan): pulumi.Output<string> {
  return pulumi.output(stackNamespace).apply((where) => nameOutside(where, plan.name));
}
