/** Checks of one setting or of the texts of one output. The files beside this folder combine them. */
export { checkAdditionalMetrics } from "./additional-metrics";
export { checkClearTexts } from "./clear-texts";
export { checkCredential, checkUser } from "./credential-texts";
export {
  checkEndpoint,
  checkHost,
  checkPort,
  endpointParts,
  endpointTarget,
  isOwnPod,
  isPlaintext,
  pathCharacters,
} from "./endpoint";
export { checkHeaderNames, checkHeaderPrefix, checkHeaderValue, isOddPrefix } from "./headers";
export { checkImageVersion } from "./image-versions";
export { checkLogBackend, checkLogNamespace, takesContainerLogs } from "./log-agent-checks";
export { checkTokenParameters, checkTokenUrl, checkTransport } from "./oauth2";
export { checkOttlEntries } from "./ottl-entries";
export { outputFacts, type OutputFacts, type OutputTexts } from "./output-facts";
export { checkBodySize } from "./scrape-limits";
export { checkTls, checkUnusedTls, isAboutToExpire, type TlsTexts } from "./tls";
export { checkToken, checkTokens } from "./token-texts";
export { checkUniqueNames } from "./unique-names";
