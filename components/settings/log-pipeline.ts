import { z } from "zod";
import { field, flag, otlpInput, struct } from "../schema";
import { pipeline } from "./pipeline-fields";

/**
 * Manifests say with this whether containers' output files are read. That is not offered here, but a manifest that
 * switches it off is read as it is, with whatever else it says about it.
 */
const runtime = () =>
  field(
    struct({
      enabled: flag(true, "Must be `false`: containers' output files are not read."),
      namespaces: z.unknown().optional(),
      containers: z.unknown().optional(),
      keepAnnotations: z.unknown().optional(),
      dropLabels: z.unknown().optional(),
      keepOriginalBody: z.unknown().optional(),
    }).optional(),
    { description: "Accepted because manifests may contain it.", example: "{ enabled: false }" },
  );

const input = () =>
  field(struct({ otlp: otlpInput(), runtime: runtime() }).prefault({}), {
    description: "Where the log records come from.",
    example: "{ otlp: { namespaces: { include: [shop] } } }",
  });

export const logPipeline = pipeline("logs", { input: input() }, {});
