import type * as pulumi from "@pulumi/pulumi";
import type { Monitors, RefusedJobs } from "../monitors";
import { warnAt } from "./messages";
import { readMonitors } from "./monitors-step";
import type { Parsed } from "./parse-step";
import { plan, type Planned } from "./plan-step";
import { validate } from "./validate-step";

/** A plan that a collector on this machine accepts, if there is one. */
export interface Accepted {
  readonly monitors: Monitors;
  readonly planned: Planned;
}

/**
 * Reads monitors, plans the collectors and validates their configurations. A monitor that only the collector refuses is left
 * out, in another plan. Otherwise, one team's monitor would stop the updates of everyone.
 */
export function planAndValidate(component: pulumi.Resource, parsed: Parsed): Accepted {
  const warn = once(warnAt(component));
  const accept = (refused: RefusedJobs): Accepted => {
    const monitors = readMonitors(component, parsed, refused, warn);
    const planned = plan(parsed, monitors, warn);
    const more = validate(component, parsed, monitors, planned, warn);
    return more.size === 0 ? { monitors, planned } : accept(new Map([...refused, ...more]));
  };
  return accept(new Map());
}

/** Shows each message once: a second plan has the same messages as the first. */
function once(show: (message: string) => void): (message: string) => void {
  const shown = new Set<string>();
  return (message) => {
    if (shown.has(message)) return;
    shown.add(message);
    show(message);
  };
}
