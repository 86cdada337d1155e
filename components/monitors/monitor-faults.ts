import type { MonitorProblem } from "../inputs";
import { warning, type Finding } from "../schema";
import type { MonitorObject } from "./monitor-object";

/** The part that is left out because of a fault: the whole monitor, one of its endpoints, or only a field. */
export type Effect = "monitor" | "endpoint" | "field";

/** A part of a monitor that cannot be applied. It never repeats a value, which could be a credential. */
export interface MonitorFault {
  /** Place in the monitor's spec: `endpoints[0].port`. */
  readonly field: string;
  readonly effect: Effect;
  /** A clause whose subject is the place. */
  readonly problem: string;
  /** A sentence without its full stop. */
  readonly remedy: string;
}

/** Faults of a monitor, and the ids of the pipelines that want it. */
export interface Remark {
  readonly monitor: MonitorObject;
  readonly pipelines: readonly string[];
  readonly faults: readonly MonitorFault[];
}

export function fault(field: string, effect: Effect, problem: string, remedy: string): MonitorFault {
  return { field, effect, problem, remedy };
}

const consequences: Readonly<Record<Effect, string>> = {
  monitor: ", so the whole monitor is ignored",
  endpoint: ", so this endpoint is not scraped",
  field: "",
};

/** Returns faults as warnings: a team's wrong monitor must not stop the telemetry of others. */
export function faultFindings(monitor: MonitorObject, faults: readonly MonitorFault[]): Finding[] {
  return faults.map((one) =>
    warning([monitorName(monitor), one.field].filter(Boolean).join(", "), withConsequence(one), one.remedy),
  );
}

/** Returns faults as the pipelines' status names them. */
export function faultProblems(
  { kind, namespace, name }: MonitorObject,
  faults: readonly MonitorFault[],
): MonitorProblem[] {
  return faults.map((one) => ({ kind, namespace, name, why: `${one.field} ${withConsequence(one)}`.trimStart() }));
}

const withConsequence = ({ problem, effect }: MonitorFault): string => `${problem}${consequences[effect]}`;

/** Names a monitor for people: `ServiceMonitor shop/orders`. */
const monitorName = ({ kind, namespace, name }: Omit<MonitorObject, "labels" | "spec">): string =>
  `${kind} ${namespace}/${name}`;
