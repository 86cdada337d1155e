import { isIP } from "node:net";

/** A host that reads as the name of a Service of the cluster. */
export interface ServiceName {
  /** Missing in a bare `name`: it is a Service of the namespace from which it is looked up. */
  readonly namespace?: string;
  /** Whether the host is almost certainly a Service: `name.namespace` may also be a name outside of the cluster. */
  readonly certain: boolean;
}

/**
 * The forms in which Kubernetes' DNS serves Services: `name`, `name.namespace`, `name.namespace.svc`, and the latter with
 * the cluster's domain behind it, which is known here only if it is the usual one.
 */
export function serviceName(host: string): ServiceName | undefined {
  if (isIP(host) !== 0) return undefined;
  const [, namespace, ...rest] = host.toLowerCase().replace(/[.]$/, "").split(".");
  const domain = rest.join(".");
  if (namespace === undefined) return host.endsWith(".") ? undefined : { certain: true };
  if (domain === "") return { namespace, certain: false };
  return rest[0] === "svc" ? { namespace, certain: ["svc", "svc.cluster.local"].includes(domain) } : undefined;
}
