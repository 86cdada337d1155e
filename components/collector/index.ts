/** Building blocks of a collector's configuration, the same for all signals. Their types cannot hold a credential. */
export { assemble, branch, sharingBranch, storedBranch } from "./assemble";
export { grpcRequestBytes, queueOf, sharedBatches, type SharedBatches } from "./batches";
export { canaryAddress, canaryAttribute } from "./canary-route";
export {
  hostIp,
  merge,
  nodeName,
  podAddress,
  anyAddress,
  podIp,
  podVariables,
  type CollectorConfig,
  type ComponentChain,
  type Components,
  type ServicePipeline,
} from "./config";
export { enrichment } from "./enrichment";
export { exporterId } from "./exporter";
export { pipelineComponent, signalComponent } from "./ids";
export {
  compressions,
  logLevels,
  protocols,
  skippedVerification,
  type Compression,
  type EnrichmentModel,
  type ExporterModel,
  type FileReference,
  type LogLevel,
  type PipelineModel,
  type Protocol,
} from "./model";
export { filter, leastStaleness, outsideNamespaces, pipelineProcessors, pushedNamespaces } from "./processors";
export { excessiveAliases } from "./alias-limit";
export { duration, escapeOdd, fromFile, joinPath, literal, ottlString, renderYaml } from "./text";
export { transform, type StatementGroup } from "./transform";
