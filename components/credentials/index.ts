/** Everything that pipelines refer to, read from the cluster, and the one Secret that it is copied into. */
export { credentialFile, credentialFiles } from "./credential-files";
export { MergedSecret } from "./merged-secret";
export { referenceErrors, resolvePipelines, type Backend, type ResolvedPipelines } from "./resolve";
export { secretReader, type ReadSecrets, type SecretName } from "./source-secrets";
export { writtenCredentials } from "./written-credentials";
