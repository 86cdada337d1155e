import { warning, type Finding } from "../schema";
import { inFairTurns } from "./fair-room";
import { faultFindings, type Remark } from "./monitor-faults";

/** Warnings about monitors in an update. Any team may write thousands of wrong monitors. */
const mostWarnings = 100;

/**
 * Returns the faults of monitors as warnings of an update. If there are too many, namespaces are named in fair turns, and the
 * place of the input has the number of the others.
 */
export function monitorWarnings(remarks: readonly Remark[], place: string): Finding[] {
  const wrong = remarks
    .filter(({ faults }) => faults.length > 0)
    .map((remark) => {
      const { kind, namespace, name } = remark.monitor;
      return { remark, namespace, name: `${name}/${kind}`, share: remark.faults.length };
    });
  let room = mostWarnings;
  const named = inFairTurns(wrong, ({ share }) => {
    if (share > room) return undefined;
    room -= share;
    return share;
  });
  const others = wrong.filter((one) => !named.has(one)).reduce((sum, { share }) => sum + share, 0);
  return [
    ...wrong
      .filter((one) => named.has(one))
      .flatMap(({ remark: { monitor, faults } }) => faultFindings(monitor, faults)),
    ...(others > 0
      ? [warning(place, `finds ${others} more faults of monitors`, "Correct the named ones to see them")]
      : []),
  ];
}
