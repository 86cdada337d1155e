import { CustomObjectsApi, PatchStrategy, setHeaderOptions, type KubeConfig } from "@kubernetes/client-node";
import { condition, type Condition, type Judged } from "../../components/verification";
import type { Refusal } from "../pipeline-objects";
import { pipelineGroup, pipelineVersion, type FoundPipeline } from "../watch/watch-objects";

/** A condition as Kubernetes' own objects have it. */
export interface ObjectCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** The conditions of an object, from what the last look found and what keeps it out of updates. */
export function objectConditions(
  found: FoundPipeline,
  conditions: readonly Condition[],
  refusal: Refusal | undefined,
  now: Date,
): ObjectCondition[] {
  const before = (found.object.status?.conditions ?? []) as readonly ObjectCondition[];
  const told = refusal ? refusedConditions(refusal) : conditions;
  return told.map(({ type, status, reason, message }) => {
    const same = before.find((one) => one.type === type && one.status === status && one.reason === reason);
    const since = conditions.find((one) => one.type === type && one.status === status && one.reason === reason)?.since;
    return {
      type,
      status,
      // Kubernetes takes none without.
      reason,
      message,
      lastTransitionTime: same?.lastTransitionTime ?? since ?? now.toISOString(),
      observedGeneration: found.object.metadata?.generation,
    };
  });
}

/** What runs is the last configuration that was right, or nothing; nobody looks at data that should not be there. */
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

/** Writes conditions to the status of objects. */
export class ObjectStatus {
  private readonly api: CustomObjectsApi;

  constructor(
    config: KubeConfig,
    private readonly trouble: (problem: string) => void,
  ) {
    this.api = config.makeApiClient(CustomObjectsApi);
  }

  async write(found: FoundPipeline, conditions: readonly ObjectCondition[]): Promise<void> {
    if (JSON.stringify(found.object.status?.conditions ?? []) === JSON.stringify(conditions)) return;
    const name = found.object.metadata?.name ?? "";
    const where = { group: pipelineGroup, version: pipelineVersion, plural: found.kind.plural, name };
    try {
      await this.api.patchClusterCustomObjectStatus(
        { ...where, body: { status: { conditions } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
    } catch (error) {
      this.trouble(`the status of ${found.kind.kind} ${name} cannot be written: ${String(error)}`);
    }
  }
}
