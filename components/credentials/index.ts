/** Everything that pipelines refer to, read from the cluster, and the one Secret that it is copied into. */
export { credentialFile, credentialFiles } from "./credential-files";
export { MergedSecret } from "./merged-secret";
export { referenceErrors, resolvePipelines, type Backend, type ResolvedPipelines } from "./resolve";
export type { ReadSecretsRequest } from "./read-secrets";
export { secretReader, type ReadSecrets, type SecretName, type SecretReading } from "./source-secrets";
export { writtenCredentials } from "./written-credentials";
