import { exporterId } from "../collector/exporter";
import type { PipelineModel, PullSelection } from "../collector/model";
import { collectorModels } from "../plan/models";
import { contentName } from "../workloads/names";
import { endpointTarget, runtimeMetrics, type Pipelines, type TelemetrySettings } from "../settings";
import type { WantedInputs } from "./input-status";
import { pipelineId, type CollectorTarget, type FlowTargets } from "./targets";

/** A collector and the pipelines whose data it sends. */
export interface ServedBy extends CollectorTarget {
  readonly served: readonly PipelineModel[];
  /** Memory limit of one pod, in bytes. */
  readonly memoryLimit: number;
  /** Changes with every part of the collector on which the data flow depends; see `revision`. */
  readonly revision: string;
}

/** Returns a name that depends on everything that a collector is made from. */
export function revision(configuration: string, resources: object, workload: object): string {
  return contentName("r", JSON.stringify([configuration, resources, workload]));
}

/** Lists what the check verifies. */
export function flowTargets(
  namespace: string,
  pipelines: Pipelines,
  collectors: readonly ServedBy[],
  settings: Pick<TelemetrySettings, "gateway" | "agent" | "collectionInterval">,
): FlowTargets {
  const written = [...pipelines.metric, ...pipelines.trace, ...pipelines.log];
  const serves = ({ served }: ServedBy, id: string): boolean => served.some((model) => pipelineId(model) === id);
  return {
    namespace,
    collectors: collectors.map(({ kind, workload, name, inputs }) => ({
      kind,
      workload,
      name,
      ...(inputs && inputs.length > 0 && { inputs }),
      logLevel: settings[kind].logLevel,
      ...(inputs?.includes("kubelet") && { kubeletInterval: settings.collectionInterval.runtime }),
    })),
    pipelines: collectorModels(pipelines).map((model, i) => {
      const host = backend(model);
      return {
        signal: model.signal,
        name: model.name,
        path: written[i]?.path ?? "",
        exporter: exporterId(model),
        ...(host !== undefined && { backend: host }),
        canary: model.canary,
        ...(model.pull && Object.keys(model.pull).length > 0 && { inputs: wantedInputs(model.pull) }),
        collectors: collectors.filter((one) => serves(one, pipelineId(model))).map(({ name }) => name),
      };
    }),
  };
}

function wantedInputs({ prometheus, istio, apiServer, runtime }: PullSelection): WantedInputs {
  const hasKubelet = runtime?.metrics.some((metric) => kubeletMetrics.has(metric));
  return {
    ...(prometheus && { prometheus: prometheus.namespaces }),
    ...(istio && { istio: istio.namespaces }),
    ...(apiServer && { "api-server": {} }),
    ...(hasKubelet && { kubelet: {} }),
  };
}

const kubeletMetrics = new Set(
  runtimeMetrics.filter(({ receiver }) => receiver === "kubeletstats").map(({ name }) => name),
);

/** `host:port` of the backend; `undefined` if the address is in a Secret, because outputs are not secret. */
function backend({ exporter: { endpoint } }: PipelineModel): string | undefined {
  const target = "text" in endpoint ? endpointTarget(endpoint.text) : undefined;
  return target && `${target.host}:${target.port}`;
}
