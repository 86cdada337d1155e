/**
 * What users write about pipelines, read and checked. What it is made with serves other settings, too, and is imported
 * from its own files: `fields`, `findings`, `names`.
 */
export type * from "./args";
export { checkEndpoint, endpointTarget } from "./checks/endpoint";
export { serviceName } from "./service-names";
export { runtimeMetrics } from "../inputs/runtime-metrics";
export { normalizePem } from "./checks/pem";
export { checkTls, isAboutToExpire, type TlsTexts } from "./checks/tls";
export { errorsOf, formatFinding, PipelineConfigError, warningsOf, type Finding } from "../schema/findings";
export { parsePipelines, type ParsedConfiguration, type ParseOptions, type RawConfiguration } from "./parse";
export { checkPipelineTexts, checkWhenKnown, outputValues, type OutputValue } from "./output-values";
export * from "./types";
