import type { Components, ComponentChain } from "../collector/config";
import type { PipelineModel } from "../collector/model";

/** One kind of data that a collector pulls, with all that is the same for every pipeline. */
export interface Input {
  /** Part of component ids and of the scope's name. */
  readonly name: string;
  /** As what it can be asked how it is, from inside its pod; not all can. */
  readonly tellsAs?: "prometheus" | "istio" | "api-server" | "kubelet";
  readonly receivers: Components;
  readonly extensions: Components;
  /** Run once on all of its data, before Kubernetes metadata is added. */
  readonly processors: ComponentChain;
  /** Run once on all of its data, after that. */
  readonly enriched?: ComponentChain;
  /** What keeps a pipeline from data it does not want; nothing if it wants none of this input. */
  readonly select: (pipeline: PipelineModel) => ComponentChain | undefined;
}
