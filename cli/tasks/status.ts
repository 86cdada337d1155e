import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { type FlowSample, pipelineReport, statusRequest, statusTable } from "../../components/verification";
import type { StackOutputs } from "../../manager";
import { chooseTools, engineNeeds, ensureBuilt } from "../../lab";
import { kubeconfig } from "../context";
import { Failure } from "../../lab/host";
import { stackOutputs } from "../stack";
import { statusArguments } from "../status-arguments";

/** The shortest time that a page covers, in seconds: a shorter plot shows no trend. */
const pageSeconds = 20;

/** Shows the state of the pipelines now, by the same check as at the end of an update. */
export async function run(args: readonly string[]): Promise<number> {
  const { stack, html } = statusArguments(args);
  const file = await kubeconfig();
  const tools = await chooseTools();
  await ensureBuilt(engineNeeds(tools));
  const outputs = (await stackOutputs(["--stack", stack], tools.engine.use, file)) as StackOutputs;
  const { verification: targets, pipelines: previous = [] } = outputs;
  if (!targets)
    throw new Failure(
      `The stack ${stack} has no output "verification". Update it first: npm run up -- --stack ${stack}`,
    );
  const samples: FlowSample[] = [];
  const pipelines = await pipelineReport(
    statusRequest(targets, previous, { kubeconfig: file }),
    html === undefined ? {} : { observe: (sample) => samples.push(sample), leastSeconds: pageSeconds },
  );
  console.log(statusTable(pipelines));
  if (html !== undefined) {
    // Loaded only for a page, because the chart library takes a while.
    const { statusPage } = await import("../../manager/status-page");
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
    throw new Failure(`--html: the page cannot be written: ${(error as Error).message}`);
  }
  console.log(`\nThe same as a page, with plots of each pod: ${path}`);
}

/** The name of the current context in this kubeconfig. */
function clusterName(kubeconfigFile: string): string | undefined {
  const { "current-context": context } = parse(readFileSync(kubeconfigFile, "utf8")) as { "current-context"?: string };
  return context;
}
