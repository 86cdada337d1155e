/** The fields of a node from which it follows whether anything can run there. */
interface NodeState {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  };
}

/** Returns the nodes that are not ready or, as `undefined`, gone, with the reason of Kubernetes. */
export function lostOf(
  nodes: readonly (readonly [name: string, node: NodeState | undefined])[],
): Record<string, string> {
  return Object.fromEntries(
    nodes.flatMap(([name, node]) => {
      if (node === undefined) return [[name, "deleted"]];
      const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
      return ready?.status === "True" ? [] : [[name, ready?.reason ?? "no state reported"]];
    }),
  );
}
