import { monitorKinds } from "../contract";
import type { MonitorTarget } from "./define-input";

/** Returns the name of the scrape job of a monitor's endpoint, as the operator names it. */
export function jobName(
  { kind, namespace, name }: Pick<MonitorTarget, "kind" | "namespace" | "name">,
  index: number,
): string {
  return [monitorKinds[kind].job, namespace, name, index].join("/");
}

/** Names the monitor and the endpoint of a scrape job for people. Jobs of other inputs have none. */
export function monitorOfJob(job: string): string | undefined {
  const [prefix, namespace = "", name = "", index = ""] = job.split("/");
  const found = Object.entries(monitorKinds).find(([, one]) => one.job === prefix);
  if (found === undefined) return undefined;
  const [kind, { endpoints }] = found;
  return `${kind} ${namespace}/${name}, ${endpoints}[${index}]`;
}
