import { type Choice, chooseCluster, chooseEngine, type ClusterKind, type Engine, inspectMachine } from "./choose";
import { clusterTargets, engineTargets, imageTargets, testTargets } from "./build";
import { bin } from "../cli/paths";
import { findOnPath } from "../cli/process";

/** Which programs are used on this machine. */
export interface Tools {
  readonly engine: Choice<Engine>;
  readonly cluster: Choice<ClusterKind>;
}

/** A program of the machine itself, not one that was built here. */
function findInstalled(program: string): string | undefined {
  return findOnPath(program, process.env.PATH, bin);
}

export async function chooseTools(): Promise<Tools> {
  const forced = process.env.TELEMETRY_TOOLCHAIN === "source";
  const machine = forced ? { plugins: [] } : await inspectMachine(findInstalled);
  return { engine: chooseEngine(machine, process.env), cluster: chooseCluster(machine, process.env) };
}

/** What has to be built for the engine. */
export function engineNeeds({ engine }: Tools): readonly string[] {
  return engine.use.source ? engineTargets : [];
}

/** What has to be built for the cluster to start, and for the pods in it. */
export function clusterNeeds({ cluster }: Tools): readonly string[] {
  return cluster.use.kind ? [] : clusterTargets;
}

export function imageNeeds({ cluster }: Tools): readonly string[] {
  return cluster.use.kind ? [] : imageTargets;
}

/** What has to be built for tests alone. */
export function testNeeds(): readonly string[] {
  return testTargets.filter((program) => findInstalled(program) === undefined);
}

/** Says what is used and why, a line each. */
export function describeTools({ engine, cluster }: Tools): { engine: string; cluster: string } {
  return {
    engine: `Pulumi: ${engine.use.source ? "built from source" : "installed"} (${engine.why})`,
    cluster: `Cluster: ${cluster.use.kind ? "kind" : "built from source"} (${cluster.why})`,
  };
}
