import {
  collectorConfigurations,
  components,
  at,
  list,
  type KubernetesObject,
  type Props,
  type StackObject,
  memoryBytes,
  podKinds,
  podPath,
  componentOf,
} from "../facts";
import { stackRule } from "../rule";

export interface QueueBudgetSettings {
  /** Bytes of memory for one byte in a queue. Measured, see `components/contract.ts`. */
  readonly heapPerQueueByte: number;
  /** Share of the container's memory limit that full queues may take, from 0 to 1. */
  readonly part: number;
}

export const queueBudget = stackRule<QueueBudgetSettings>(
  {
    name: "queue-budget",
    description: "All queues fit the container's memory when all are full, so dead backends never stop a collector.",
    severity: "high",
    settings: {
      heapPerQueueByte: {
        type: "number",
        exclusiveMinimum: 0,
        default: 6,
        description: "Bytes of memory for one byte in a queue.",
      },
      part: {
        type: "number",
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.5,
        description: "Share of the memory limit that full queues may take.",
      },
    },
    applies: (object) => podKinds.includes(object.type) && componentOf(object) !== undefined,
  },
  budgetViolations,
);

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

function budgetViolations(
  workload: KubernetesObject,
  stack: readonly StackObject[],
  { heapPerQueueByte, part }: QueueBudgetSettings,
): string[] {
  const pod = at(workload.props, podPath(workload) ?? "");
  const exporters = configMapsOf(pod, stack)
    .flatMap(collectorConfigurations)
    .flatMap((configuration) => components(configuration, "exporters"))
    .filter(([, exporter]) => at(exporter, "sending_queue.enabled") === true);
  if (exporters.length === 0) return [];
  const unbounded = exporters.filter(([, exporter]) => queueBytes(exporter) === undefined);
  const inMemory = exporters.filter(([, exporter]) => at(exporter, "sending_queue.storage") === undefined);
  const needed = heapPerQueueByte * inMemory.reduce((sum, [, exporter]) => sum + (queueBytes(exporter) ?? 0), 0);
  const limits = list(at(pod, "containers")).map((container) => memoryBytes(at(container, "resources.limits.memory")));
  const limit = limits.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
  return [
    ...unbounded.map(
      ([id]) =>
        `exporter '${id}': set sending_queue.sizer to bytes, and set queue_size. Without both, the queue's memory has no limit.`,
    ),
    ...(needed > limit * part
      ? [
          `the queues of ${inMemory.length} exporters may take ${mebibytes(needed)}, more than ${part * 100} % of the ` +
            `memory limit of ${mebibytes(limit)}. Raise ${componentOf(workload)}.resources.limits.memory, or lower output.otlp.queue.size of the pipelines.`,
        ]
      : []),
  ];
}

function configMapsOf(pod: unknown, stack: readonly StackObject[]): StackObject[] {
  const names = list(at(pod, "volumes")).map((volume) => at(volume, "configMap.name"));
  return stack.filter(
    ({ type, props }) => type === "core/v1:ConfigMap" && names.includes(at(props, "metadata.name") ?? ""),
  );
}

function queueBytes(exporter: Props): number | undefined {
  const size = at(exporter, "sending_queue.queue_size");
  return at(exporter, "sending_queue.sizer") === "bytes" && typeof size === "number" && size > 0 ? size : undefined;
}
