import { excessiveAliases, renderYaml } from "../collector";
import { mostObjectBytes } from "../contract";
import { inFairTurns, type Sharing } from "./fair-room";
import { sizeOfJobs, type JobSize } from "./job-sizes";
import { fault, type MonitorFault, type Remark } from "./monitor-faults";
import type { MonitorObject } from "./monitor-object";

/** Bytes of the agents' configuration that monitors may take. The other parts of one with all inputs take 140 KB. */
const mostBytes = Math.floor(mostObjectBytes * 0.85);

/** Values up to which the collector refuses no configuration because of its aliases. Monitors make most of the values. */
const safeValues = 380_000;

/**
 * Instructions that the regular expressions of all monitors may have together. They took 330 MiB in a collector with the
 * expressions of 20 monitors of 95,000 instructions each, and an agent has 512 MiB by default.
 */
const mostInstructions = 1_600_000;

interface Job {
  readonly config: object;
  readonly monitor: MonitorObject;
  readonly pipelines: readonly string[];
}

/**
 * Leaves out monitors until the agents' configuration has room for the others: no ConfigMap would hold a longer one, so the
 * whole update would be refused. Namespaces get the room in fair turns.
 */
export function withRoomForJobs<J extends Job>(
  jobs: readonly J[],
): { readonly jobs: readonly J[]; readonly without: readonly Remark[] } {
  if (isRoomFor(jobs)) return { jobs, without: [] };
  const monitors = monitorsOf(jobs);
  const kept = inTurns(monitors);
  const without = monitors.filter((one) => !kept.has(one));
  const left = new Set(without.map(({ monitor }) => monitor));
  return { jobs: jobs.filter(({ monitor }) => !left.has(monitor)), without: without.map(noRoom) };
}

function isRoomFor(jobs: readonly Job[]): boolean {
  const configs = jobs.map(({ config }) => config);
  const { bytes, values, instructions } = sizeOfJobs(configs);
  if (bytes > mostBytes || instructions > mostInstructions) return false;
  return values <= safeValues || excessiveAliases(renderYaml({ scrape_configs: configs })) === undefined;
}

interface MonitorJobs extends Sharing {
  readonly monitor: MonitorObject;
  readonly configs: readonly object[];
  readonly pipelines: readonly string[];
  /** Size of the jobs without others. */
  readonly size: Sizes;
}

type Sizes = Omit<JobSize, "parts">;

/** Returns the jobs by monitor. */
function monitorsOf(jobs: readonly Job[]): MonitorJobs[] {
  const byMonitor = new Map<MonitorObject, Job[]>();
  for (const job of jobs) {
    const own = byMonitor.get(job.monitor);
    if (own === undefined) byMonitor.set(job.monitor, [job]);
    else own.push(job);
  }
  return [...byMonitor].map(([monitor, own]): MonitorJobs => {
    const configs = own.map(({ config }) => config);
    const { bytes, values, instructions } = sizeOfJobs(configs);
    const size = { bytes, values, instructions };
    const { kind, namespace, name } = monitor;
    const pipelines = [...new Set(own.flatMap((job) => job.pipelines))];
    return { monitor, namespace, name: `${name}/${kind}`, configs, pipelines, size, share: shareOf(size) };
  });
}

/** Returns the share of the room that a size takes of its scarcer part. */
const shareOf = ({ bytes, values, instructions }: Sizes): number =>
  Math.max(bytes / mostBytes, values / safeValues, instructions / mostInstructions);

/** Returns the monitors for which there is room. */
function inTurns(monitors: readonly MonitorJobs[]): Set<MonitorJobs> {
  const known = new Set<string>();
  const sum = { bytes: 0, values: 0, instructions: 0 };
  return inFairTurns(monitors, ({ configs }) => {
    const { parts, ...size } = sizeOfJobs(configs, known);
    const all = {
      bytes: sum.bytes + size.bytes,
      values: sum.values + size.values,
      instructions: sum.instructions + size.instructions,
    };
    if (shareOf(all) > 1) return undefined;
    Object.assign(sum, all);
    for (const part of parts) known.add(part);
    return shareOf(size);
  });
}

const noRoom = ({ monitor, pipelines, size }: MonitorJobs): Remark => ({
  monitor,
  pipelines,
  faults: [size.instructions / mostInstructions < shareOf(size) ? noRoomForBytes(size) : noRoomForRules(size)],
});

const noRoomForRules = ({ instructions }: Sizes): MonitorFault =>
  fault(
    "",
    "monitor",
    `has regular expressions with about ${instructions} instructions, and the agents have room for ${mostInstructions} of all monitors together, in turns for each namespace`,
    "Write fewer rules, and repeat less in their expressions, in the monitors of this namespace, or select fewer monitors",
  );

const noRoomForBytes = ({ bytes, values }: Sizes): MonitorFault =>
  fault(
    "",
    "monitor",
    `would take about ${bytes} bytes and ${values} values of the agents' configuration, which has room for ${mostBytes} bytes and ${safeValues} values of all monitors together, in turns for each namespace`,
    "Write fewer endpoints, rules, targetLabels and podTargetLabels in the monitors of this namespace, or select fewer monitors",
  );
