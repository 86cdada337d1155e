/** What users write about pipelines, read and checked: everything that other folders need is exported here. */
export type * from "./args";
export { checkEndpoint, endpointTarget, isPlaintext, type EndpointContext, type Target } from "./checks/endpoint";
export { serviceName, type ServiceName } from "./service-names";
export { runtimeMetrics, type RuntimeMetric } from "./metrics";
export { normalizePem } from "./checks/pem";
export { checkTls, isAboutToExpire, type TlsTexts } from "./checks/tls";
export { errorsOf, formatFinding, PipelineConfigError, warningsOf, type Finding } from "./findings";
export { parsePipelines, type ParsedConfiguration, type ParseOptions, type RawConfiguration } from "./parse";
export { checkPipelineTexts, checkWhenKnown, outputValues, type OutputValue } from "./texts";
export * from "./types";
