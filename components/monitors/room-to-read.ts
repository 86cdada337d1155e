import { inFairTurns } from "./fair-room";
import type { MonitorObject } from "./monitor-object";

/** Bytes of all monitors that an update reads: those of 5000 ordinary ones. */
export const mostReadBytes = 16 * 1024 * 1024;

/**
 * Bytes of labels that a monitor without room keeps. They decide which pipelines want it, and have it in their status. Ten
 * usual ones have 600 bytes. The answer of the reading may have 64 MiB, and 7000 monitors with longer labels had more.
 */
const mostLabelBytes = 1000;

/**
 * Removes the specs of monitors until the others have room: reading more takes too much memory, and ended every update. Each
 * monitor may have more than a megabyte, and any team may write many.
 */
export function withRoomToRead(
  monitors: readonly MonitorObject[],
  mostBytes = mostReadBytes,
): readonly MonitorObject[] {
  const parts = monitors.map((monitor) => ({
    monitor,
    namespace: monitor.namespace,
    name: `${monitor.kind}/${monitor.name}`,
    share: sizeOf(monitor),
  }));
  let sum = 0;
  const kept = inFairTurns(parts, ({ share }) => {
    if (sum + share > mostBytes) return undefined;
    sum += share;
    return share;
  });
  return parts.map((part) => (kept.has(part) ? part.monitor : unread(part.monitor, part.share)));
}

/** The sizes of monitors that were measured: each page of an answer asks for those of all pages before it. */
const sizes = new WeakMap<MonitorObject, number>();

function sizeOf(monitor: MonitorObject): number {
  const size = sizes.get(monitor) ?? bytesOf([monitor.labels, monitor.spec]);
  sizes.set(monitor, size);
  return size;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? "");

function unread({ kind, namespace, name, labels, unreadBytes }: MonitorObject, bytes: number): MonitorObject {
  const fewLabels = bytesOf(labels) <= mostLabelBytes ? labels : {};
  return { kind, namespace, name, labels: fewLabels, spec: undefined, unreadBytes: unreadBytes ?? bytes };
}
