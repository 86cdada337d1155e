/** Pipelines and settings as users write them, read and checked. */
export type * from "./args";
export { credentialIn, isCredentialParameter } from "./checks/credential-shapes";
export { checkEndpoint, endpointTarget } from "./checks/endpoint";
export { isOddPrefix } from "./checks/headers";
export { checkTls, isAboutToExpire, type TlsTexts } from "./checks/tls";
export type { Pipeline } from "./normalize";
export type {
  GatewaySettings,
  MonitoringSettings,
  TelemetrySettings,
  Toleration,
  ValidationSettings,
  VerificationSettings,
  WorkloadSettings,
} from "./normalize-settings";
export type { CredentialPart } from "./output-value-table";
export { checkPipelineTexts, checkWhenKnown, outputValues } from "./output-values";
export { parsePipelines, type ParsedConfiguration, type ParseOptions, type RawConfiguration } from "./parse";
export type { Proxy } from "./proxy-settings";
export { serviceName } from "./service-names";
export { readConfiguration, writtenSettings } from "./stack-config";
export { checkToken } from "./checks/token-texts";
export { checkTokensWhenKnown, type TargetToken } from "./target-tokens";
export type { SecretKeyReference, Value } from "./types";
