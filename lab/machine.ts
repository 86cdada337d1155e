import {
  type Choice,
  chooseCluster,
  chooseEngine,
  type ClusterKind,
  type Engine,
  inspectMachine,
  type Purpose,
} from "./choose";
import { clusterTargets, engineTargets, imageTargets, testTargets } from "./build";
import { bin, findOnPath } from "./host";

/** The engine and the cluster that are used on this machine. */
export interface Tools {
  readonly engine: Choice<Engine>;
  readonly cluster: Choice<ClusterKind>;
}

/** Finds a program of the machine itself, not one that was built here. */
function findInstalled(program: string): string | undefined {
  return findOnPath(program, process.env.PATH, bin);
}

export async function chooseTools(purpose: Purpose = "use"): Promise<Tools> {
  const forced = process.env.TELEMETRY_TOOLCHAIN === "source";
  const machine = forced ? { plugins: [] } : await inspectMachine(findInstalled, process.env);
  return { engine: chooseEngine(machine, process.env), cluster: chooseCluster(machine, process.env, purpose) };
}

/** The targets to build for the engine. */
export function engineNeeds({ engine }: Tools): readonly string[] {
  return engine.use.source ? engineTargets : [];
}

/** The targets to build before the cluster can start. */
export function clusterNeeds({ cluster }: Tools): readonly string[] {
  return cluster.use.kind ? [] : clusterTargets;
}

/** The targets to build for the images of pods. */
export function imageNeeds({ cluster }: Tools): readonly string[] {
  return cluster.use.kind ? [] : imageTargets;
}

/** The targets to build for tests alone. */
export function testNeeds(): readonly string[] {
  return testTargets.filter((program) => findInstalled(program) === undefined);
}

/** One line each for the engine and the cluster, with the reason for the choice. */
export function describeTools({ engine, cluster }: Tools): { engine: string; cluster: string } {
  return {
    engine: `Pulumi: ${engine.use.source ? "built from source" : "installed"} (${engine.why})`,
    cluster: `Cluster: ${cluster.use.kind ? "kind" : "built from source"} (${cluster.why})`,
  };
}
