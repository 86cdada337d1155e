// @ts-check
// Reads Secrets in a process of its own: a JSON request on standard input, a JSON list of readings on standard output.
// Plain JavaScript, because it is started with whatever Node runs the program.
const { readFileSync } = require("node:fs");
const { CoreV1Api, ApiException } = require("@kubernetes/client-node");
const { cause, loadKubeConfig } = require("../outside/kubeconfig.cjs");

/** @typedef {import("./source-secrets").SecretName} SecretName */
/** @typedef {import("./source-secrets").SecretReading} SecretReading */

/** Secrets read at the same time. */
const concurrency = 8;

async function main() {
  /** @type {import("./source-secrets").ClusterAccess & { secrets: SecretName[] }} */
  const { secrets, ...access } = JSON.parse(readFileSync(0, "utf8"));
  const api = loadKubeConfig(access).makeApiClient(CoreV1Api);

  /** @type {SecretReading[]} */
  const readings = new Array(secrets.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < secrets.length; i = next++)
      readings[i] = await read(api, /** @type {SecretName} */ (secrets[i]));
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  process.stdout.write(JSON.stringify(readings));
}

/**
 * @param {CoreV1Api} api
 * @param {SecretName} secret
 * @returns {Promise<SecretReading>}
 */
async function read(api, secret) {
  try {
    const { data = {} } = await api.readNamespacedSecret(secret);
    return { data };
  } catch (error) {
    if (error instanceof ApiException) {
      if (error.code === 404) return { problem: "missing", detail: "" };
      if (error.code === 403) return { problem: "forbidden", detail: "" };
      // An expired login comes back when it is renewed: no right has to be given, and nothing in the configuration is wrong.
      const answer = error.code === 401 ? "does not accept the login (401)" : `answered ${error.code}`;
      return { problem: "unreachable", detail: `the API server ${answer}` };
    }
    return { problem: "unreachable", detail: cause(error) };
  }
}

main().catch((/** @type {unknown} */ error) => {
  process.stderr.write(`${cause(error)}\n`);
  process.exitCode = 1;
});
