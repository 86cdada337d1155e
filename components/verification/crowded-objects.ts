import type { Metadata } from "./read-annotated";

interface ApiObject {
  readonly metadata?: Metadata;
}

/** A Pod or Service with so many annotations and labels that agents need long to find any target. */
export interface CrowdedObject {
  readonly kind: "Pod" | "Service";
  readonly namespace: string;
  readonly name: string;
  /** Number of its annotations and labels together. */
  readonly count: number;
}

/**
 * Annotations and labels of an object up to which it is usual. For each job and target, the scraper compares each of them with
 * all others: with one Service that had 10,000, an agent found other targets after 20 s, and with 60,000 never.
 */
export const usualCount = 2000;

/** Returns the Pods and Services with more annotations and labels than usual, those with the most first. */
export function crowdedObjects(services: readonly ApiObject[], pods: readonly ApiObject[]): CrowdedObject[] {
  const crowded = (kind: CrowdedObject["kind"], { metadata = {} }: ApiObject): CrowdedObject[] => {
    const { namespace = "", name = "", annotations = {}, labels = {} } = metadata;
    const count = Object.keys(annotations).length + Object.keys(labels).length;
    return count > usualCount ? [{ kind, namespace, name, count }] : [];
  };
  return [...services.flatMap((one) => crowded("Service", one)), ...pods.flatMap((one) => crowded("Pod", one))].sort(
    (a, b) => b.count - a.count,
  );
}
