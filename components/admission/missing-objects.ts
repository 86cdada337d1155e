import type { Explanation, RefusedPod } from "./refused-pod";

/** Returns what to do about a namespace that is being deleted, without a full stop. */
export const afterDeletion = (namespace: string): string =>
  `Wait until it is gone, then run \`pulumi up --refresh\`. If it stays, kubectl describe namespace ${namespace} names the cause`;

/** Explains a pod in a namespace that is being deleted. */
export const lastingNamespace = ({ detail, namespace }: RefusedPod): Explanation => ({
  problem: `would be in namespace ${namespace}, which is being deleted (${detail})`,
  remedy: afterDeletion(namespace),
});

/** Explains a pod in a namespace that does not exist. */
export const existingNamespace = ({ detail, namespace }: RefusedPod): Explanation => ({
  problem: `would be in namespace ${namespace}, which does not exist (${detail})`,
  remedy: "Run `pulumi up --refresh`, which creates the namespace again",
});

/** Explains a pod without its service account, which the program has created. */
export const existingAccount = ({ detail, namespace }: RefusedPod): Explanation => ({
  problem: `has a service account that does not exist in namespace ${namespace} (${detail})`,
  remedy: "Run `pulumi up --refresh`, which creates the account again",
});
