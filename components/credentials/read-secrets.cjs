// @ts-check
// Reads Secrets in a process of its own: a JSON request on standard input, a JSON list of readings on standard output.
// Plain JavaScript, because it is started with whatever Node runs the program.
const { readFileSync } = require("node:fs");
const { KubeConfig, CoreV1Api, ApiException } = require("@kubernetes/client-node");

/** @typedef {import("./source-secrets").SecretName} SecretName */
/** @typedef {import("./source-secrets").SecretReading} SecretReading */

/** Secrets read at the same time. */
const concurrency = 8;

async function main() {
  /** @type {import("./source-secrets").ClusterAccess & { secrets: SecretName[] }} */
  const { kubeconfig, context, secrets } = JSON.parse(readFileSync(0, "utf8"));
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else if (/\n|^\s*\{/.test(kubeconfig)) config.loadFromString(kubeconfig);
  else config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  if (!config.getCurrentCluster()) throw new Error("no cluster is configured");
  const api = config.makeApiClient(CoreV1Api);

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
      if (error.code === 401 || error.code === 403) return { problem: "forbidden", detail: "" };
      return { problem: "unreachable", detail: `the API server answered ${error.code}` };
    }
    return { problem: "unreachable", detail: cause(error) };
  }
}

/**
 * The innermost message: the outer ones only say that a request failed.
 * @param {unknown} error
 * @returns {string}
 */
function cause(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : cause(error.cause);
}

main().catch((/** @type {unknown} */ error) => {
  process.stderr.write(`${cause(error)}\n`);
  process.exitCode = 1;
});
