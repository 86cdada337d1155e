// @ts-check
// Lists the kinds of a group and version of the API, in a process of its own: `access`, `group` and `version` as JSON on
// standard input, the kinds on standard output. A group that the API server does not have has none.
const { readFileSync } = require("node:fs");
const { CustomObjectsApi } = require("@kubernetes/client-node");
const { cause, loadKubeConfig } = require("../outside/kubeconfig.cjs");

async function main() {
  const { access, group, version } = JSON.parse(readFileSync(0, "utf8"));
  const api = loadKubeConfig(access).makeApiClient(CustomObjectsApi);
  const kinds = await api.getAPIResources({ group, version }).then(
    ({ resources }) => resources.map(({ kind }) => kind),
    (/** @type {{ code?: unknown }} */ error) => {
      if (error.code === 404) return [];
      throw error;
    },
  );
  process.stdout.write(JSON.stringify(kinds));
}

main().catch((/** @type {unknown} */ error) => {
  process.stderr.write(`${cause(error)}\n`);
  process.exitCode = 1;
});
