import { monitorKinds } from "../contract";
import { inFairTurns } from "./fair-room";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorObject } from "./monitor-object";

/**
 * Endpoints that a monitor may have. Those of usual charts have up to five. A ConfigMap holds about 800 of all monitors, and
 * an empty endpoint takes three bytes of a monitor, so one small object could fill it.
 */
export const mostEndpoints = 100;

/**
 * Endpoints of all monitors together that an update translates. The agents' configuration has room for about 800. An endpoint
 * may take three bytes of a monitor: 2000 monitors of 400 bytes had 190,000, which took 150 s and 1.5 GB of an update.
 */
const mostTogether = 4000;

/** Returns the monitors that an update translates. Namespaces get the room in fair turns. */
export function withRoomToTranslate(monitors: readonly MonitorObject[]): Set<MonitorObject> {
  const parts = monitors.map((monitor) => {
    const { kind, namespace, name } = monitor;
    const count = endpointsOf(monitor);
    // A monitor with too many is rejected before it is translated.
    return { monitor, namespace, name: `${name}/${kind}`, share: count > mostEndpoints ? 1 : Math.max(1, count) };
  });
  let sum = 0;
  const kept = inFairTurns(parts, ({ share }) => {
    if (sum + share > mostTogether) return undefined;
    sum += share;
    return share;
  });
  return new Set([...kept].map(({ monitor }) => monitor));
}

/** Returns the number of endpoints of a monitor that may have any spec. */
export function endpointsOf({ kind, spec }: MonitorObject): number {
  const endpoints = (spec as Readonly<Record<string, unknown>> | null | undefined)?.[monitorKinds[kind].endpoints];
  return Array.isArray(endpoints) ? endpoints.length : 0;
}

export const noRoomToTranslate = (monitor: MonitorObject): MonitorFault =>
  fault(
    "",
    "monitor",
    `has ${endpointsOf(monitor)} endpoints, and an update translates ${mostTogether} of all monitors together, in turns for each namespace`,
    "Delete monitors of this namespace, or select fewer monitors",
  );
