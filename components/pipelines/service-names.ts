import { isIP } from "node:net";

/** A host that reads as the name of a Service of the cluster. */
export interface ServiceName {
  /** Missing in `name`, which is a Service of whichever namespace it is asked for from. */
  readonly namespace?: string;
  /** Whether it can be nothing else: `name.namespace` may as well be a name outside of the cluster. */
  readonly certain: boolean;
}

/** The forms in which Kubernetes' DNS serves Services: `name`, `name.namespace`, `name.namespace.svc` and longer. */
export function serviceName(host: string): ServiceName | undefined {
  const [, namespace, ...rest] = host.toLowerCase().split(".");
  if (isIP(host) !== 0) return undefined;
  if (namespace === undefined) return { certain: true };
  if (namespace === "" || (rest.length > 0 && rest[0] !== "svc")) return undefined;
  return { namespace, certain: rest.length > 0 };
}
