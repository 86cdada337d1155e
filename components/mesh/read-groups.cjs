// @ts-check
// Lists the API server's groups in a process of its own: access as JSON on standard input, names on standard output.
const { readFileSync } = require("node:fs");
const { ApisApi } = require("@kubernetes/client-node");
const { cause, loadKubeConfig } = require("../outside/kubeconfig.cjs");

async function main() {
  const api = loadKubeConfig(JSON.parse(readFileSync(0, "utf8"))).makeApiClient(ApisApi);
  const { groups } = await api.getAPIVersions();
  process.stdout.write(JSON.stringify(groups.map(({ name }) => name)));
}

main().catch((/** @type {unknown} */ error) => {
  process.stderr.write(`${cause(error)}\n`);
  process.exitCode = 1;
});
