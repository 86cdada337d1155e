import { hostPaths } from "../contract";
import type { ContainerLogsSelection } from "./container-logs";
import { unwantedNames } from "./wanted-namespaces";

/** Files that the receiver reads and leaves out, as patterns in which `*` stands for any part of one name. */
export interface LogFiles {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A workload whose files nobody reads. */
export interface OwnWorkload {
  readonly namespace: string;
  /** Name of the workload, with which the names of its pods begin. */
  readonly name: string;
}

/** Returns the pattern of some files: the kubelet's folders are `NAMESPACE_POD_UID/CONTAINER/RESTARTS.log`. */
const files = (namespace: string, pod = "*", container = "*", file = "*.log*"): string =>
  `${hostPaths.podLogs}/${namespace}_${pod}_*/${container}/${file}`;

/**
 * Returns the files that some pipeline wants. Files of the collectors themselves are left out: a log agent that reads its
 * own errors, or those of a gateway, would make new ones with each. Rotated files are read too, because a busy container
 * can rotate its file twice between two looks. Only the compressed ones are left out, which have been read before.
 */
export function logFiles(selections: readonly ContainerLogsSelection[], own: readonly OwnWorkload[]): LogFiles {
  const include = selections.flatMap(({ namespaces, containers }) =>
    (namespaces.include ?? ["*"]).flatMap((namespace) =>
      (containers.include ?? ["*"]).map((container) => files(namespace, "*", container)),
    ),
  );
  const exclude = [
    files("*", "*", "*", "*.gz"),
    files("*", "*", "*", "*.tmp"),
    ...own.map(({ namespace, name }) => files(namespace, `${name}-*`)),
    ...unwantedNames(selections.map(({ namespaces }) => namespaces)).map((name) => files(name)),
    ...unwantedNames(selections.map(({ containers }) => containers)).map((name) => files("*", "*", name)),
  ];
  return { include: sorted(include), exclude: sorted(exclude) };
}

const sorted = (patterns: readonly string[]): string[] => [...new Set(patterns)].sort();
