import {
  filter,
  literal,
  ottlString,
  outsideNames,
  pipelineComponent,
  signalComponent,
  transform,
  type ComponentChain,
  type Components,
} from "../collector";
import { logFiles, type OwnWorkload } from "./container-log-files";
import { lineOperators, longestLine, originalAttribute, pathAttribute } from "./container-log-lines";
import type { ContainerLogsPipeline } from "./container-logs";
import { ownScope } from "./scope";

/** Facts that the receiver needs besides the pipelines' settings. */
interface ContainerLogsSurroundings {
  /** Where to begin with the files that exist when the log agent sees a node for the first time. */
  readonly startAt: "beginning" | "end";
  /** Id of the extension that stores positions. */
  readonly storage: string;
  /** Workloads whose files nobody reads. */
  readonly own: readonly OwnWorkload[];
}

/** The components of the log agent that read container logs. */
interface ContainerLogsCollection {
  readonly receivers: Components;
  /** Processors of all records, before Kubernetes metadata is added. */
  readonly processors: ComponentChain;
  /** Returns the processors that drop what a pipeline does not want. */
  readonly select: (wanted: ContainerLogsPipeline) => ComponentChain;
}

/** The receiver's id. From collector 0.152 on, its type has another name, with this one as an alias. */
const receiver = "filelog";

/** Most files that are read at the same time: half of this setting. Each needs memory for 100 lines. */
const concurrentFiles = 64;

/** Returns the components that read the logs of all containers that some pipeline wants, once for all pipelines. */
export function collectContainerLogs(
  wanted: readonly ContainerLogsPipeline[],
  { startAt, storage, own }: ContainerLogsSurroundings,
): ContainerLogsCollection {
  const selections = wanted.map(({ selection }) => selection);
  const keepsOriginal = selections.some(({ keepOriginalBody }) => keepOriginalBody);
  const isAlone = wanted.length === 1;
  return {
    receivers: {
      [receiver]: {
        ...logFiles(selections, own),
        start_at: startAt,
        storage,
        include_file_name: false,
        include_file_path: true,
        max_log_size: longestLine,
        max_concurrent_files: concurrentFiles,
        // The parts of a line are joined before their text is decoded: a part can end within a character.
        encoding: "utf-8-raw",
        preserve_leading_whitespaces: true,
        preserve_trailing_whitespaces: true,
        // A runtime writes whole lines. A line without an end is the rest of a crash.
        force_flush_period: "5s",
        ...(isAlone && { retry_on_failure: { enabled: true, max_elapsed_time: "0s" } }),
        operators: lineOperators(keepsOriginal),
      },
    },
    processors: [identify],
    select: (one) => select(one, keepsOriginal),
  };
}

const path = `resource.attributes["${pathAttribute}"]`;
const pattern =
  "^.*/(?P<namespace>[^_/]+)_(?P<pod>[^_/]+)_(?P<uid>[^_/]+)/(?P<container>[^/]+)/(?P<restarts>[0-9]+)[.]log[^/]*$";

/** Parts of a file's path with the attributes that they become. */
const pathParts = {
  namespace: "k8s.namespace.name",
  pod: "k8s.pod.name",
  uid: "k8s.pod.uid",
  container: "k8s.container.name",
  restarts: "k8s.container.restart_count",
};

/** Names pod and container of a record by the path of its file, and the scope. */
const identify = {
  id: signalComponent("transform", "container", "logs"),
  config: transform("logs", [
    {
      conditions: [`IsMatch(${path}, ${ottlString(literal(pattern))})`],
      statements: [
        `merge_maps(resource.cache, ExtractPatterns(${path}, ${ottlString(literal(pattern))}), "upsert")`,
        ...Object.entries(pathParts).map(
          ([part, key]) =>
            `set(resource.attributes["${key}"], resource.cache["${part}"]) where resource.cache["${part}"] != nil`,
        ),
        `delete_key(resource.attributes, "${pathAttribute}")`,
      ],
    },
    { statements: ownScope("container-logs") },
    // Replaces bytes that are not UTF-8, because backends refuse a whole request with one of them. It must follow the
    // joining of parts, which can end within a character.
    { statements: [`set(log.body, Decode(log.body, "utf-8")) where IsString(log.body)`] },
  ]),
};

function select({ pipeline, selection }: ContainerLogsPipeline, keepsOriginal: boolean): ComponentChain {
  const { namespaces, containers, keepOriginalBody } = selection;
  const unwanted = [
    outsideNames("k8s.namespace.name", namespaces),
    outsideNames("k8s.container.name", containers),
  ].filter((condition) => condition !== undefined);
  return [
    ...(unwanted.length === 0
      ? []
      : [
          {
            id: pipelineComponent("filter", "containers", pipeline),
            config: filter("logs", [{ conditions: unwanted }]),
          },
        ]),
    ...(keepOriginalBody || !keepsOriginal
      ? []
      : [
          {
            id: pipelineComponent("transform", "message-only", pipeline),
            config: transform("logs", [{ statements: [`delete_key(log.attributes, "${originalAttribute}")`] }]),
          },
        ]),
  ];
}
