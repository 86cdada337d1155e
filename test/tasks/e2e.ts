import { globSync } from "node:fs";
import {
  checkPrivileges,
  chooseTools,
  clusterNeeds,
  describeTools,
  engineNeeds,
  ensureBrowser,
  ensureBuilt,
  imageNeeds,
  isClusterUp,
  type KubernetesRelease,
  kubernetesTarget,
  startCluster,
  stopCluster,
  testNeeds,
} from "../../lab";
import { goSteps } from "../runner/go";
import { mochaStep } from "../runner/mocha";
import { conclude, runSteps, type Step } from "../runner/steps";
import { bin, cleanUp, clusterKubeconfig, clusterState, Failure, root, run as runProgram } from "../../lab/host";

/** Runs the end-to-end tests, or only the given test files. */
export async function run(files: readonly string[]): Promise<number> {
  const missing = files.filter((file) => globSync(file, { cwd: root }).length === 0);
  if (missing.length > 0)
    throw new Failure(`There is no test file ${missing.join(", ")}. Give paths from the checkout.`);
  await ensureBrowser();
  await ensureBuilt(testNeeds());
  if (files.length > 0) return onCluster((env) => [mochaStep("e2e tests", files, { env, live: true })]);
  return onCluster((env) => [
    ...goSteps(),
    mochaStep("programs", ["test/programs/*.test.ts"], { env, live: true }),
    mochaStep("cluster tests", ["test/cluster/*.test.ts"], { env, live: true }),
    mochaStep("e2e tests", ["test/e2e/**/*.test.ts"], { env, live: true }),
  ]);
}

interface ClusterOptions {
  /** Number of nodes. Default: that of the cluster program. */
  readonly nodes?: number;
  /** Default: the version of the cluster that runs, or the newest. */
  readonly kubernetes?: KubernetesRelease;
}

/** Runs steps one after the other on the local cluster that is built. If it does not run, starts it as the options state and removes it again. */
export async function onCluster(
  steps: (env: NodeJS.ProcessEnv) => Step[],
  { nodes, kubernetes }: ClusterOptions = {},
): Promise<number> {
  const tools = await chooseTools("tests");
  const chosen = describeTools(tools);
  console.log(`${chosen.engine}\n${chosen.cluster}`);
  checkPrivileges(tools);
  await ensureBuilt([
    ...clusterNeeds(tools),
    ...imageNeeds(tools),
    ...engineNeeds(tools),
    ...kubernetesTarget(kubernetes),
  ]);
  const wasUp = await isClusterUp(tools);
  const env = { ...process.env, CLUSTER_BIN: bin, CLUSTER_STATE: clusterState, KUBECONFIG: clusterKubeconfig };
  try {
    await startCluster(tools, wasUp ? undefined : nodes, kubernetes);
    await mustBeFree(env);
    return conclude(await runSteps(steps(env), 1));
  } finally {
    if (process.env.CI === "true" || !wasUp) await cleanUp(() => stopCluster(tools));
  }
}

/** Fails if a development stack runs: the tests create the same namespaces. */
async function mustBeFree(env: NodeJS.ProcessEnv): Promise<void> {
  const ask = ["get", "namespace", "telemetry", "--ignore-not-found", "-o", "name"];
  const { stdout } = await runProgram("kubectl", ask, { env });
  if (stdout.trim() !== "") {
    throw new Failure("A development stack runs in the local cluster. Remove it first: npm run destroy");
  }
}
