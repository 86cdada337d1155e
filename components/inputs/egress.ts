import type { EgressRule } from "./define-input";

/** Every port of every pod. */
export const everyPod: EgressRule = { to: [{ namespaceSelector: {} }] };

/** Every port of the addresses in a CIDR. */
export const everyPort = (cidr: string): EgressRule => ({ to: [{ ipBlock: { cidr } }] });

/** Pods of the cluster, and targets that listen on the network of their node. */
export const scrapedTargets = (hostNetworks: readonly string[]): EgressRule[] => [
  everyPod,
  ...hostNetworks.map(everyPort),
];
