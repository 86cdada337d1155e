import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { stringify } from "yaml";
import type { InputFile } from "../stack-inputs";
import { Follower } from "./informer";

/** A pipeline that is an object of the cluster. */
export interface PipelineObject extends KubernetesObject {
  readonly spec?: unknown;
  readonly status?: { readonly conditions?: readonly unknown[] };
}

export const pipelineGroup = "telemetry.kyma-project.io";
export const pipelineVersion = "v1beta1";

/** The kinds, their names in URLs, and how the conditions of pipelines call them. */
export const pipelineKinds = [
  { kind: "MetricPipeline", plural: "metricpipelines", id: "metricPipelines" },
  { kind: "TracePipeline", plural: "tracepipelines", id: "tracePipelines" },
  { kind: "LogPipeline", plural: "logpipelines", id: "logPipelines" },
] as const;
export type PipelineKind = (typeof pipelineKinds)[number];

export interface FoundPipeline {
  readonly kind: PipelineKind;
  readonly object: PipelineObject;
}

/** Follows the pipelines that are objects of the cluster. */
export class ObjectWatch {
  private readonly followers: readonly { kind: PipelineKind; follower: Follower<PipelineObject> }[];

  constructor(config: KubeConfig, tell: { readonly change: () => void; readonly trouble: (problem: string) => void }) {
    this.followers = pipelineKinds.map((kind) => {
      const selection = { apiVersion: `${pipelineGroup}/${pipelineVersion}`, kind: kind.kind, plural: kind.plural };
      const trouble = (problem: string): void => tell.trouble(`${kind.plural} cannot be watched: ${problem}`);
      return { kind, follower: new Follower<PipelineObject>(config, selection, { change: tell.change, trouble }) };
    });
  }

  /** Comes back when all of them are known. */
  async start(): Promise<void> {
    await Promise.all(this.followers.map(({ follower }) => follower.start()));
  }

  found(): FoundPipeline[] {
    return this.followers
      .flatMap(({ kind, follower }) => follower.objects().map((object) => ({ kind, object })))
      .sort((a, b) => (objectFile(a).path < objectFile(b).path ? -1 : 1));
  }

  stop(): void {
    for (const { follower } of this.followers) follower.stop();
  }
}

/** As a manifest in a file of its own, whose name tells in messages which object it is. */
export function objectFile({ kind, object }: FoundPipeline): InputFile {
  const name = object.metadata?.name ?? "";
  const apiVersion = `${pipelineGroup}/${pipelineVersion}`;
  return {
    path: `${kind.kind}/${name}`,
    text: stringify({ apiVersion, kind: kind.kind, metadata: { name }, spec: object.spec ?? {} }),
  };
}
