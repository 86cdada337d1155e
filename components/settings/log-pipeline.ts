import { z } from "zod";
import { field, flag, otlpInput, struct } from "../schema";
import { pipeline } from "./pipeline-fields";

/**
 * The field of manifests that switches the reading of containers' output files. The program does not offer that, but
 * accepts a manifest that switches the reading off, with all other fields of this part.
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
    description: "Sources of the log records.",
    example: "{ otlp: { namespaces: { include: [shop] } } }",
  });

export const logPipeline = pipeline("logs", { input: input() }, {});
