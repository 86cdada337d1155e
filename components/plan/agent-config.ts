import type { CollectorConfig, ComponentChain } from "../collector/config";
import { enrichment } from "../collector/enrichment";
import { apiServerInput } from "../inputs/api-server";
import { clusterStateInput } from "../inputs/cluster-state";
import type { Input } from "../inputs/define-input";
import { istioInput } from "../inputs/istio";
import { kubeletInput } from "../inputs/kubelet";
import { prometheusInput } from "../inputs/prometheus";
import type { AgentModel, CollectionModel, PipelineModel } from "../collector/model";
import { pullConfig } from "./pull-config";

/**
 * The collectors that pull. What is on a node is collected there; what the whole cluster has one of is collected once:
 * its state by one of two, the API server's metrics by one, because the scraper can't be told to wait for its turn.
 */
export const pullRoles = ["node", "cluster-state", "api-server"] as const;
export type PullRole = (typeof pullRoles)[number];

/** The inputs that collectors of a role have for these pipelines; none means that there is no such collector. */
export function pullInputs(
  role: PullRole,
  pipelines: readonly PipelineModel[],
  collection: CollectionModel,
): readonly Input[] {
  const makers = {
    node: [prometheusInput, kubeletInput, istioInput],
    "cluster-state": [clusterStateInput],
    "api-server": [apiServerInput],
  }[role];
  return makers.flatMap((make) => make(pipelines, collection) ?? []);
}

/** The configuration of the collectors of a role. */
export function agentConfig(role: PullRole, model: AgentModel): CollectorConfig {
  return pullConfig(pullInputs(role, model.pipelines, model.collection), metadata(role, model), model);
}

function metadata(role: PullRole, { enrichment: model }: AgentModel): ComponentChain {
  switch (role) {
    case "node":
      return enrichment("metrics", model, "node", true);
    case "cluster-state":
      return enrichment("metrics", model, "cluster");
    case "api-server":
      return enrichment("metrics", model, "none");
  }
}
