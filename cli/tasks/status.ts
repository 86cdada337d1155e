import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import {
  pipelineReport,
  statusRequest,
  statusTable,
  type FlowSample,
  type FlowTargets,
  type PipelineStatus,
} from "../../components/verification";
import { ensureBuilt } from "../../lab/build";
import { kubeconfig } from "../context";
import { chooseTools, engineNeeds } from "../../lab/machine";
import { Failure } from "../process";
import { stackOutputs } from "../stack";
import { statusArguments } from "../stack-status";

/** Outputs of the stack that say what there is to look at, and how it was. */
interface Outputs {
  readonly verification?: FlowTargets;
  readonly pipelines?: readonly PipelineStatus[];
}

/** Seconds that a page shows at least: with less, a plot says nothing. */
const pageSeconds = 20;

/** How the pipelines are now, found out as an update does it but without one. */
export async function run(args: readonly string[]): Promise<number> {
  const { stack, html } = statusArguments(args);
  const file = await kubeconfig();
  const tools = await chooseTools();
  await ensureBuilt(engineNeeds(tools));
  const outputs = (await stackOutputs(["--stack", stack], tools.engine.use, file)) as Outputs;
  const { verification: targets, pipelines: previous = [] } = outputs;
  if (!targets) throw new Failure("The stack says nothing about its pipelines. Bring it up first: npm run up");
  const samples: FlowSample[] = [];
  const pipelines = await pipelineReport(
    statusRequest(targets, previous, { kubeconfig: file }),
    html === undefined ? {} : { observe: (sample) => samples.push(sample), leastSeconds: pageSeconds },
  );
  console.log(statusTable(pipelines));
  if (html !== undefined) {
    // Only loaded where it is wanted, for its charts take a while.
    const { statusPage } = await import("../status-page");
    const madeAt = new Date().toISOString();
    write(html, statusPage({ stack, cluster: clusterName(file), madeAt, targets, pipelines, samples }));
  }
  return pipelines.every(({ healthy }) => healthy) ? 0 : 1;
}

function write(file: string, page: string): void {
  const path = resolve(file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, page);
  } catch (error) {
    throw new Failure(`The page could not be written: ${(error as Error).message}`);
  }
  console.log(`\nThe same as a page, with plots of each pod: ${path}`);
}

/** The context that the cluster has in this kubeconfig. */
function clusterName(kubeconfigFile: string): string | undefined {
  const { "current-context": context } = parse(readFileSync(kubeconfigFile, "utf8")) as { "current-context"?: string };
  return context;
}
