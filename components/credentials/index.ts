/** Reads the Secrets that pipelines reference and copies them into one merged Secret. */
export { credentialFile, credentialFiles, referencedFiles } from "./credential-files";
export { MergedSecret } from "./merged-secret";
export { referenceErrors, resolvePipelines, type Backend, type ResolvedPipelines } from "./resolve";
export { secretReader, type ReadSecrets, type SecretName, type SecretReading } from "./source-secrets";
export { writtenCredentials, type WrittenCredential } from "./written-credentials";
