/** Pipelines and settings as users write them, read and checked. */
export type * from "./args";
export {
  checkEndpoint,
  checkTls,
  checkToken,
  endpointTarget,
  isAboutToExpire,
  isOddPrefix,
  type TlsTexts,
} from "./checks";
export { textOfFile } from "./file-text";
export type { Pipeline } from "./normalize";
export type {
  GatewaySettings,
  MonitoringSettings,
  TelemetrySettings,
  SeLinuxOptions,
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
export { checkTokensWhenKnown, type TargetToken } from "./target-tokens";
export type { SecretKeyReference, Value } from "./types";
