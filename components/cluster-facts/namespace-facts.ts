import type { CoreV1Api, V1Namespace } from "@kubernetes/client-node";
import { annotations, labelKeys } from "../contract";

/** Facts about a namespace that the program is about to create or to use. */
export type NamespaceFacts =
  | { readonly status: "missing" }
  | {
      readonly status: "there";
      /** The stack that created it. */
      readonly stack?: string;
      /** The stack that uses it without having created it. */
      readonly user?: string;
      /** Whether it has service accounts of this program. Versions before the annotations created it without them. */
      readonly hasAccounts: boolean;
      /** Whether it is being deleted: nothing can be created in it any more. */
      readonly isTerminating?: true;
    };

/** Selects the service accounts of collectors. */
const ofCollectors = `${labelKeys.partOf}=telemetry,${labelKeys.managedBy}=pulumi`;

/** Selects the service accounts of collectors and of the manager. */
const ofProgram = `${labelKeys.partOf} in (telemetry,telemetry-manager),${labelKeys.managedBy}=pulumi`;

/** Reads a namespace. Throws the client's error, also where the namespace does not exist. */
export async function readNamespaceFacts(core: CoreV1Api, name: string): Promise<NamespaceFacts> {
  const { metadata }: V1Namespace = await core.readNamespace({ name });
  const { [annotations.stack]: stack, [annotations.usedBy]: user } = metadata?.annotations ?? {};
  const { items } = await core.listNamespacedServiceAccount({ namespace: name, labelSelector: ofProgram, limit: 1 });
  return {
    status: "there",
    ...(stack !== undefined && { stack }),
    ...(user !== undefined && { user }),
    hasAccounts: items.length > 0,
    ...(metadata?.deletionTimestamp && { isTerminating: true }),
  };
}

/** Returns the namespaces in which a stack has collectors. Throws the client's error, also without the rights. */
export async function readCollectorNamespaces(core: CoreV1Api, stack: string): Promise<string[]> {
  const { items } = await core.listServiceAccountForAllNamespaces({ labelSelector: ofCollectors });
  const names = [...new Set(items.flatMap(({ metadata }) => metadata?.namespace ?? []))].sort();
  const namespaces = await Promise.all(names.map((name) => core.readNamespace({ name })));
  return names.filter((_, i) => {
    const { [annotations.stack]: maker, [annotations.usedBy]: user } = namespaces[i]?.metadata?.annotations ?? {};
    return maker === stack || user === stack;
  });
}
