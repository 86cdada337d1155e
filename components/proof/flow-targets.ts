import { exporterId, type PipelineModel } from "../collector";
import { namespacesOf, selectionOf, type InputDefinition } from "../inputs";
import type { Monitors } from "../monitors";
import type { CollectorPlan, PlannedPipeline } from "../plan";
import { endpointTarget } from "../settings";
import type { FlowTargets, WantedInputs } from "../verification";

/** Returns the targets that the check verifies. */
export function flowTargets(
  namespace: string,
  pipelines: readonly PlannedPipeline[],
  collectors: readonly CollectorPlan[],
  asked: Pick<Monitors, "jobs" | "problems"> = { jobs: [], problems: [] },
): FlowTargets {
  const pulled = [...new Set(collectors.flatMap(({ inputs }) => inputs))];
  return {
    namespace,
    collectors: collectors.map(({ kind, namespace: own, workload, name, logLevel, inputs, parts, intervals }) => {
      const readable = inputs.filter(({ health }) => health !== undefined);
      const kubelet = readable.find(({ health }) => health?.kind === "kubelet");
      return {
        kind,
        ...(own !== undefined && { namespace: own }),
        workload: workload.kind,
        name,
        ...(readable.length > 0 && { inputs: readable.map((input) => input.name) }),
        ...(Object.keys(parts).length > 0 && { parts }),
        logLevel,
        ...(kubelet && { kubeletInterval: intervals[kubelet.setting.key] }),
      };
    }),
    pipelines: pipelines.map((pipeline) => {
      const { id, signal, name, path, canary, pull, containerLogs } = pipeline;
      const host = backend(pipeline);
      const monitors = asked.jobs.filter((job) => job.pipelines.includes(id)).map(({ target }) => target);
      const problems = asked.problems.filter((one) => one.pipelines.includes(id)).map(({ problem }) => problem);
      return {
        signal,
        name,
        path,
        exporter: exporterId(pipeline),
        ...(host !== undefined && { backend: host }),
        retrySeconds: pipeline.exporter.retrySeconds,
        ...(pipeline.exporter.queueBytes !== undefined && { ownQueue: true as const }),
        canary,
        ...(Object.keys(pull).length > 0 && { inputs: wantedInputs(pulled, pull) }),
        ...(containerLogs && {
          containerLogs: { namespaces: containerLogs.namespaces, containers: containerLogs.containers },
        }),
        ...(monitors.length > 0 && { monitors }),
        ...(problems.length > 0 && { monitorProblems: problems }),
        collectors: collectors.filter(({ served }) => served.some((one) => one.id === id)).map((one) => one.name),
      };
    }),
  };
}

/** Returns the inputs that report their health, each with the namespaces from which the pipeline wants data. */
function wantedInputs(inputs: readonly InputDefinition[], pull: PlannedPipeline["pull"]): WantedInputs {
  return Object.fromEntries(
    inputs.flatMap((input) => {
      const selection = selectionOf(input, pull);
      if (input.health === undefined || selection === undefined) return [];
      // A kubelet's health covers its whole node, so namespaces do not matter.
      // Monitors are in the selected namespaces, their targets may be in others.
      const isByNamespace = input.health.kind === "targets" && !input.health.monitors;
      return [[input.name, isByNamespace ? namespacesOf(selection) : {}]];
    }),
  );
}

/** Returns the backend's address, if it may be shown: an address from a Secret is left out. */
function backend({ exporter: { endpoint } }: PipelineModel): string | undefined {
  const target = "text" in endpoint ? endpointTarget(endpoint.text) : undefined;
  return target && `${target.host}:${target.port}`;
}
