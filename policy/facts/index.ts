/** Facts about the objects that rules judge: their kind, fields, pods, collector configuration and texts. */
export { coverEverything, type IpBlock } from "./cidrs";
export {
  addresses,
  collectorConfigurations,
  components,
  hostOf,
  isLoopback,
  isReference,
  matchesHost,
  monitorAt,
} from "./collector";
export { credentialIn, isCredentialParameter } from "./credential-shapes";
export { hostFolders, isLogAgent, logAgentMaker, logAgentViolations, logAgentVolumes, stateFolder } from "./log-agent";
export {
  at,
  kubernetesType,
  label,
  list,
  props,
  quoted,
  texts,
  typesOf,
  type KubernetesObject,
  type LocatedObject,
  type ParentedObject,
  type Props,
  type StackObject,
} from "./objects";
export { containersOf, memoryBytes, podKinds, podPath } from "./pods";
export { secretAddresses } from "./secret-addresses";
export { componentOf, isManagers, isMergedSecret, mergedSecretName, secretFiles } from "./telemetry";
export { UnknownValueError } from "./unknown";
export { outputOf, outputOfKey, settingAt } from "./user-settings";
