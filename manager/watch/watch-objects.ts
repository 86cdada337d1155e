import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { pipelineApi } from "../../components/contract";
import type { InputFile } from "../stack-inputs";
import { Informer } from "./informer";
import { type PipelineKind, pipelineKinds } from "../kinds";

/** A pipeline as an object of the cluster. */
export interface PipelineObject extends KubernetesObject {
  readonly spec?: unknown;
  readonly status?: { readonly conditions?: readonly unknown[] };
}

/** The version of pipeline objects that the manager reads and writes. */
export const pipelineApiVersion = `${pipelineApi.group}/${pipelineApi.versions[0]}`;

export interface FoundPipeline {
  readonly kind: PipelineKind;
  readonly object: PipelineObject;
}

/** Watches the pipeline objects of the cluster. */
export class ObjectWatch {
  private readonly informers: readonly { kind: PipelineKind; informer: Informer<PipelineObject> }[];

  constructor(
    config: KubeConfig,
    { onChange, onProblem }: { readonly onChange: () => void; readonly onProblem: (problem: string) => void },
  ) {
    this.informers = pipelineKinds.map((kind) => {
      const selection = { apiVersion: pipelineApiVersion, kind: kind.kind, plural: kind.plural };
      const handlers = {
        onChange,
        onProblem: (problem: string): void => onProblem(`${kind.plural} cannot be watched: ${problem}`),
      };
      return { kind, informer: new Informer<PipelineObject>(config, selection, handlers) };
    });
  }

  /** Resolves when all existing objects are known. */
  async start(): Promise<void> {
    await Promise.all(this.informers.map(({ informer }) => informer.start()));
  }

  found(): FoundPipeline[] {
    return this.informers
      .flatMap(({ kind, informer }) => informer.objects().map((object) => ({ kind, object })))
      .sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  }

  stop(): void {
    for (const { informer } of this.informers) informer.stop();
  }
}

/** Makes the path of an object's file. Messages contain this path, so it names the object. */
const pathOf = ({ kind, object }: FoundPipeline): string => `${kind.kind}/${object.metadata?.name ?? ""}`;

/** Makes a manifest of an object. */
export function objectFile(found: FoundPipeline): InputFile {
  const { kind, object } = found;
  return {
    path: pathOf(found),
    text: stringify({
      apiVersion: pipelineApiVersion,
      kind: kind.kind,
      metadata: { name: object.metadata?.name ?? "" },
      spec: object.spec ?? {},
    }),
  };
}
