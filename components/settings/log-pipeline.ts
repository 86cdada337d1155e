import { containerLogsSetting } from "../inputs";
import { field, otlpInput, struct } from "../schema";
import { pipeline } from "./pipeline-fields";

const input = () =>
  field(struct({ otlp: otlpInput(), [containerLogsSetting.key]: containerLogsSetting.pipeline }).prefault({}), {
    description: "Sources of the log records.",
    example: "{ otlp: { namespaces: { include: [shop] } } }",
  });

export const logPipeline = pipeline("logs", { input: input() }, {});
