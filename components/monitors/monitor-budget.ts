import { mostObjectBytes, monitorKinds } from "../contract";
import { sizeOfJobs } from "./job-sizes";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorObject } from "./monitor-object";
import { mostReadBytes } from "./room-to-read";
import { endpointsOf, mostEndpoints } from "./room-to-translate";
import type { MonitorSettings } from "./scrape-fields";
import { translateMonitor, type TranslatedMonitor } from "./translate-monitor";

/**
 * Bytes of the agents' configuration that all jobs of a monitor may take, an eighth of it. A job of an ordinary monitor
 * takes about 1.3 KB, and a hundred rules about 10 KB more. A label in `podTargetLabels` takes eight bytes of a monitor and
 * 150 of the configuration.
 */
const mostJobBytes = mostObjectBytes / 8;

/** Translates a monitor. A monitor that would take too much of the room of all teams costs only its own data. */
export function translateWithinBudget(monitor: MonitorObject, settings: MonitorSettings): TranslatedMonitor {
  const { unreadBytes } = monitor;
  if (unreadBytes !== undefined)
    return rejected(
      monitor,
      fault(
        "",
        "monitor",
        `has ${unreadBytes} bytes, and an update reads ${mostReadBytes} bytes of all monitors together, in turns for each namespace`,
        "Delete monitors of this namespace, or write fewer rules",
      ),
    );
  const { endpoints: list } = monitorKinds[monitor.kind];
  const endpoints = endpointsOf(monitor);
  if (endpoints > mostEndpoints)
    return rejected(
      monitor,
      fault(
        list,
        "monitor",
        `has ${endpoints} endpoints, and a monitor may have ${mostEndpoints}`,
        "Write several monitors, or select several ports by one endpoint",
      ),
    );
  const result = withFewFaults(translateMonitor(monitor, settings));
  const { bytes } = sizeOfJobs(result.jobs.map(({ config }) => config));
  if (bytes <= mostJobBytes) return result;
  return rejected(
    monitor,
    ...result.faults,
    fault(
      "",
      "monitor",
      `takes about ${bytes} bytes of the agents' configuration, and a monitor may take ${mostJobBytes}`,
      "Write fewer rules, targetLabels and podTargetLabels",
    ),
  );
}

/** Faults of a monitor that are named; a monitor of one megabyte may have 300,000 wrong rules. */
const mostFaults = 20;

/** Keeps the faults of a monitor with the largest effects, and states how many others it has. */
function withFewFaults({ faults, ...result }: TranslatedMonitor): TranslatedMonitor {
  const others = faults.length - mostFaults;
  if (others <= 0) return { ...result, faults };
  const effects = ["monitor", "endpoint", "field"] as const;
  const sorted = effects.flatMap((effect) => faults.filter((one) => one.effect === effect));
  const remark = fault("", "field", `has ${others} other faults`, "Correct the named ones to see them");
  return { ...result, faults: [...sorted.slice(0, mostFaults), remark] };
}

const rejected = (monitor: MonitorObject, ...faults: readonly MonitorFault[]): TranslatedMonitor => ({
  monitor,
  jobs: [],
  faults,
});
