// @ts-check
const { KubeConfig } = require("@kubernetes/client-node");

/**
 * The cluster that a `ClusterAccess` names. Throws if it names none. `validation/api.ts` has a twin of it.
 * @param {import("../credentials/source-secrets").ClusterAccess} access
 * @returns {KubeConfig}
 */
function loadKubeConfig({ kubeconfig, context }) {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else if (/\n|^\s*\{/.test(kubeconfig)) config.loadFromString(kubeconfig);
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    // A parser shows the lines that it does not understand, and there may be a token in them; a file system does not.
    const isOfFile = error instanceof Error && "syscall" in error;
    throw isOfFile ? error : new Error("the kubeconfig is not one: correct its YAML");
  }
  if (context !== undefined) config.setCurrentContext(context);
  if (!config.getCurrentCluster()) throw new Error("no cluster is configured");
  return config;
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

module.exports = { loadKubeConfig, cause };
