import { containerLogsSetting } from "../inputs";
import { field, otlpInput, struct, withForeign, type ForeignFields } from "../schema";
import { pipeline } from "./pipeline-fields";

const input = () =>
  field(struct({ otlp: otlpInput(), [containerLogsSetting.key]: containerLogsSetting.pipeline }).prefault({}), {
    description: "Sources of the log records.",
    example: "{ otlp: { namespaces: { include: [shop] } } }",
  });

const reference = "valueFrom: { secretKeyRef: { name: NAME, namespace: NAMESPACE, key: KEY } }";

/** Fields of log pipelines whose logs Fluent Bit reads and sends. */
export const fluentBitFields: ForeignFields = {
  filters:
    "Filters of Fluent Bit are not run: write OTTL. `filter: [{ conditions: ['IsMatch(log.body, \"DEBUG\")'] }]` drops " +
    "records, and `transform` changes them",
  files:
    `Remove it: only Fluent Bit reads these files. Write a certificate as \`tls: { ca: { ${reference} } }\` in ` +
    "`output.otlp`, and a script as OTTL in `transform`",
  variables:
    "Remove it: write the reference where its value is used, such as " +
    `\`headers: [{ name: Authorization, ${reference} }]\` in \`output.otlp\``,
};

export const logPipeline = withForeign(pipeline("logs", { input: input() }, {}), fluentBitFields);
