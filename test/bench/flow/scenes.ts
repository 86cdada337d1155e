/** A cluster that is checked. */
export interface Scene {
  readonly name: string;
  readonly nodes: number;
  /** Pipelines of each signal. */
  readonly pipelines: number;
  /** The number of these pipelines whose backend refuses data. */
  readonly refused: number;
  /** The percentage of pods that accept a connection and never answer. */
  readonly hangingPercent: number;
  /** Annotated pods of each node, which an agent on the node scrapes. With 0, there are no agents. */
  readonly annotated: number;
}

const healthy = { pipelines: 1, refused: 0, hangingPercent: 0, annotated: 0 };

/** Returns scenes without faults for each number of nodes, then other scenes with the largest number. */
export function scenes(counts: readonly number[]): Scene[] {
  const nodes = Math.max(...counts);
  return [
    ...counts.map((count) => ({ ...healthy, name: "all is well", nodes: count })),
    { ...healthy, name: "with the targets of agents", nodes, annotated: 10 },
    { ...healthy, name: "20 pipelines of each signal", nodes, pipelines: 20 },
    { ...healthy, name: "a backend of each signal refuses", nodes, pipelines: 2, refused: 1 },
    { ...healthy, name: "one pod of 20 hangs", nodes, hangingPercent: 5 },
    { ...healthy, name: "every other pod hangs", nodes, hangingPercent: 50 },
  ];
}
