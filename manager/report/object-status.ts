import { CustomObjectsApi, PatchStrategy, setHeaderOptions, type KubeConfig } from "@kubernetes/client-node";
import { pipelineApi } from "../../components/contract";
import { condition, type Condition, type Judged } from "../../components/verification";
import type { Refusal } from "../pipeline-objects";
import type { FoundPipeline } from "../watch";

/** A condition in the form of Kubernetes' own objects. */
export interface ObjectCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** Makes the conditions of an object from those of the last check, or from its refusal. */
export function objectConditions(
  found: FoundPipeline,
  conditions: readonly Condition[],
  refusal: Refusal | undefined,
  now: Date,
): ObjectCondition[] {
  const before = (found.object.status?.conditions ?? []) as readonly ObjectCondition[];
  const current = refusal ? refusedConditions(refusal) : conditions;
  return current.map(({ type, status, reason, message }) => {
    const same = before.find((one) => one.type === type && one.status === status && one.reason === reason);
    const since = conditions.find((one) => one.type === type && one.status === status && one.reason === reason)?.since;
    return {
      type,
      status,
      // Kubernetes requires a reason.
      reason,
      message,
      lastTransitionTime: same?.lastTransitionTime ?? since ?? now.toISOString(),
      observedGeneration: found.object.metadata?.generation,
    };
  });
}

/** The cluster has no configuration of a refused pipeline, so nothing checks its data. */
function refusedConditions({ reason, message }: Refusal): Judged[] {
  return [
    condition("ConfigurationGenerated", reason, message),
    condition(
      "TelemetryFlowHealthy",
      "ConfigurationNotGenerated",
      "The pipeline is not part of the configuration. See the condition ConfigurationGenerated.",
    ),
  ];
}

/** Writes conditions to the status of pipeline objects. */
export class ObjectStatus {
  private readonly api: CustomObjectsApi;

  constructor(
    config: KubeConfig,
    private readonly onProblem: (problem: string) => void,
  ) {
    this.api = config.makeApiClient(CustomObjectsApi);
  }

  async write(found: FoundPipeline, conditions: readonly ObjectCondition[]): Promise<void> {
    if (JSON.stringify(found.object.status?.conditions ?? []) === JSON.stringify(conditions)) return;
    const name = found.object.metadata?.name ?? "";
    const where = { group: pipelineApi.group, version: pipelineApi.versions[0], plural: found.kind.plural, name };
    try {
      await this.api.patchClusterCustomObjectStatus(
        { ...where, body: { status: { conditions } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
    } catch (error) {
      this.onProblem(`the status of ${found.kind.kind} ${name} cannot be written: ${String(error)}`);
    }
  }
}
