import {
  literal,
  ottlString,
  pipelineComponent,
  signalComponent,
  transform,
  type ComponentChain,
  type Components,
  type PipelineModel,
} from "../collector";
import { fieldStatements } from "./container-log-fields";
import { logFiles, type OwnWorkload } from "./container-log-files";
import { lineOperators, longestLine } from "./container-log-lines";
import { pathAttribute } from "./container-log-operators";
import type { ContainerLogsPipeline } from "./container-logs";
import { ownScope } from "./scope";

/** Facts that the receivers need besides the pipelines' settings. */
interface ContainerLogsSurroundings {
  /** Where to begin with the files that exist when a pipeline takes the logs of a node for the first time. */
  readonly startAt: "beginning" | "end";
  /** Id of the extension that stores positions. */
  readonly storage: string;
  /** Workloads whose files nobody reads. */
  readonly own: readonly OwnWorkload[];
  /** Resource attribute that gets the name of the pipeline for which a record was read; missing if there is only one. */
  readonly mark?: string;
}

/** Type of the receiver. From collector 0.152 on, it has another name, with this one as an alias. */
const receiverType = "filelog";

/** Returns the id of the receiver of a pipeline. */
export function containerLogReceiver(pipeline: Pick<PipelineModel, "signal" | "name">): string {
  return pipelineComponent(receiverType, undefined, pipeline);
}

/** Most files that a receiver reads at the same time: half of this setting. Each needs memory for 100 lines. */
const concurrentFiles = 64;

/** Most bytes that a runtime adds to a line. */
const runtimeBytes = 4096;

/**
 * Returns the receivers of container logs, one for each pipeline. Pipelines of different tenants read different files, so
 * this costs them nothing. Pipelines that want the same files read them more than once. In return, each waits for its own
 * queue: no backend, and no container that writes too much for one, takes a line from another pipeline.
 */
export function containerLogReceivers(
  wanted: readonly ContainerLogsPipeline[],
  { startAt, storage, own, mark }: ContainerLogsSurroundings,
): Components {
  return Object.fromEntries(
    wanted.map(({ pipeline, selection }) => [
      containerLogReceiver(pipeline),
      {
        ...logFiles(selection, own),
        ...(mark !== undefined && { resource: { [mark]: pipeline.name } }),
        start_at: startAt,
        // Each look opens every file. With 200 files that nobody writes, the collector's default of 200 ms takes four times as
        // much CPU time: 0.09 cores for each pipeline. Open files are read to their end even after they are deleted.
        poll_interval: "1s",
        storage,
        include_file_name: false,
        include_file_path: true,
        include_file_record_offset: true,
        // More than the limit of a line with what the runtime adds, so that the operators detect a line that exceeds it.
        max_log_size: longestLine + runtimeBytes,
        max_concurrent_files: concurrentFiles,
        // The parts of a line are joined before their text is decoded: a part can end within a character.
        encoding: "utf-8-raw",
        preserve_leading_whitespaces: true,
        preserve_trailing_whitespaces: true,
        // A runtime writes whole lines. A line without an end is the rest of a crash.
        force_flush_period: "5s",
        // Lines that are refused for a moment, such as for lack of memory, are offered again until they are accepted.
        retry_on_failure: { enabled: true, max_interval: "5s", max_elapsed_time: "0s" },
        operators: lineOperators(selection.keepOriginalBody),
      },
    ]),
  );
}

const path = `resource.attributes["${pathAttribute}"]`;
const pattern =
  "^.*/(?P<namespace>[^_/]+)_(?P<pod>[^_/]+)_(?P<uid>[^_/]+)/(?P<container>[^/]+)/(?P<restarts>[0-9]+)[.]log[^/]*$";

/** Returns the container whose file has this path, as `NAMESPACE/POD (CONTAINER)`; nothing for another path. */
export function containerOfFile(file: string): string | undefined {
  const { namespace, pod, container } = new RegExp(pattern.replaceAll("(?P<", "(?<")).exec(file)?.groups ?? {};
  return container === undefined ? undefined : `${namespace}/${pod} (${container})`;
}

/**
 * Uids of static pods in paths: the kubelet makes them of the pod's manifest. The API server has another uid for the pod,
 * so such a pod is found by its names, and gets the uid of the API server with its other metadata.
 */
const staticUid = "^[0-9a-f]{32}$";

/** Parts of a file's path with the attributes that they become. */
const pathParts = {
  namespace: "k8s.namespace.name",
  pod: "k8s.pod.name",
  uid: "k8s.pod.uid",
  container: "k8s.container.name",
  restarts: "k8s.container.restart_count",
};

/** Processors of all container logs, before Kubernetes metadata is added: name pod and container, by the file's path. */
export const containerLogProcessors: ComponentChain = [
  {
    id: signalComponent("transform", "container", "logs"),
    config: transform("logs", [
      {
        conditions: [`IsMatch(${path}, ${ottlString(literal(pattern))})`],
        statements: [
          `merge_maps(resource.cache, ExtractPatterns(${path}, ${ottlString(literal(pattern))}), "upsert")`,
          `delete_key(resource.cache, "uid") where IsMatch(resource.cache["uid"], ${ottlString(literal(staticUid))})`,
          ...Object.entries(pathParts).map(
            ([part, key]) =>
              `set(resource.attributes["${key}"], resource.cache["${part}"]) where resource.cache["${part}"] != nil`,
          ),
          `delete_key(resource.attributes, "${pathAttribute}")`,
        ],
      },
      { statements: ownScope("container-logs") },
      ...fieldStatements,
    ]),
  },
];
