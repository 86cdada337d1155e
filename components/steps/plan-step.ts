import * as pulumi from "@pulumi/pulumi";
import { kubernetesMinor } from "../cluster-facts";
import { isInMesh } from "../mesh";
import type { Monitors } from "../monitors";
import { pipelineModels, planCollectors, scrapesPods, type CollectorPlan, type PlannedPipeline } from "../plan";
import { gatewaySize, memoryShortage, queuesOf, type GatewaySize } from "../sizing";
import { warnAt } from "./messages";
import type { Parsed } from "./parse-step";

/** The collectors to place, and the pipelines as their configurations have them. */
export interface Planned {
  readonly models: readonly PlannedPipeline[];
  readonly plans: readonly CollectorPlan[];
}

/** Plans one collector per workload. Asks the cluster only for facts that the pipelines need. */
export function plan(
  { pipelines, settings, facts, namespace }: Parsed,
  { jobs: monitorJobs }: Monitors,
  warn: (message: string) => void,
): Planned {
  const models = pipelineModels(pipelines);
  // Proxies of a mesh affect nothing but the scraping of pods.
  const mesh = scrapesPods(models) && isInMesh(settings.istioMode, () => facts().groups, warn);
  const plans = planCollectors(models, settings, {
    mesh,
    namespace,
    ...(pullsAnything(models) && { kubernetesMinor: kubernetesMinor(facts) }),
    monitorJobs,
  });
  for (const note of plans.flatMap(({ notes }) => notes)) warn(note);
  return { models, plans };
}

const pullsAnything = (models: readonly PlannedPipeline[]): boolean =>
  models.some(({ pull }) => Object.keys(pull).length > 0);

export const gatewayOf = ({ plans }: Planned): CollectorPlan | undefined =>
  plans.find(({ kind }) => kind === "gateway");

/** Returns the resources that one gateway may use of its node, and warns if they are too few. */
export function sizeOfGateway(component: pulumi.Resource, planned: Planned): pulumi.Output<GatewaySize | undefined> {
  const gateway = gatewayOf(planned);
  if (gateway === undefined) return pulumi.output(undefined);
  const queues = queuesOf(gateway.served);
  const shortage = memoryShortage(gateway.resources, queues);
  if (shortage) warnAt(component)(shortage);
  return pulumi.output(gatewaySize(gateway.resources, queues));
}
