import type { z } from "zod";
import { containers, field, flag, pullInput } from "../schema";
import type { PipelineModel } from "../collector";
import type { NameSelection, NamespaceSelection } from "../schema";

/**
 * Lines that containers write to standard output and standard error. It is beside the list of inputs, which are all
 * inputs for metrics that collectors scrape. The log agent runs it alone.
 */
export const containerLogsSetting = {
  /** Name of the field in `logPipelines[].input`. */
  key: "runtime",
  pipeline: field(
    pullInput("the lines that containers write to standard output and standard error", {
      containers: containers(),
      keepOriginalBody: flag(
        true,
        "Whether a record whose line is a JSON object with `message` or `msg` has the line in the attribute `log.original`.",
      ),
    }).prefault({}),
    {
      description: "Container logs (docs/container-logs.md). In a manifest, they are on unless it turns them off.",
      example: "{ enabled: true }",
    },
  ),
} as const;

type Written = z.output<typeof containerLogsSetting.pipeline>;

/** The container logs that a pipeline wants, with the namespaces that apply. */
export interface ContainerLogsSelection extends Pick<Written, "keepOriginalBody"> {
  readonly namespaces: NamespaceSelection;
  readonly containers: NameSelection;
}

/** A pipeline with the container logs that it wants. */
export interface ContainerLogsPipeline {
  readonly pipeline: PipelineModel;
  readonly selection: ContainerLogsSelection;
}
