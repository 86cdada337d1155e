import { renderYaml } from "../collector";
import { mostObjectBytes } from "../contract";
import type { Finding } from "../schema";
import { fault, faultFindings } from "./monitor-faults";
import type { MonitorObject } from "./monitor-object";

/** Bytes of the agent's configuration that monitors may take; the rest is for the other inputs and all pipelines. */
const mostJobBytes = mostObjectBytes * 0.75;

/** Keeps as many jobs as fit into the agent's configuration, in their order: more would make all updates fail. */
export function withinSize<
  Job extends { readonly config: object; readonly monitor: MonitorObject; readonly place: string },
>(jobs: readonly Job[]): { readonly jobs: readonly Job[]; readonly findings: readonly Finding[] } {
  let bytes = 0;
  const fitting = jobs.filter(({ config }) => {
    // Lists of jobs are indented by eight spaces.
    bytes += Buffer.byteLength(renderYaml(config).replaceAll("\n", "\n        "));
    return bytes <= mostJobBytes;
  });
  const rest = jobs.slice(fitting.length);
  const problem = `does not fit into the agent's configuration, which ${fitting.length} endpoints fill`;
  const remedy = "Select fewer monitors, by namespaces or labelSelector";
  return {
    jobs: fitting,
    findings: rest.flatMap(({ monitor, place }) => faultFindings(monitor, [fault(place, "endpoint", problem, remedy)])),
  };
}
