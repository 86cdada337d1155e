import { filter, literal, transform, type Components } from "../collector";
import type { OttlEntry, Places, PlacedText } from "./places";

/** One of the user's entries, or one text of the entry, as its own processor. */
export interface Probe {
  readonly id: string;
  readonly path: string;
  readonly entry: OttlEntry;
  /** Whether the probe holds the whole entry. */
  readonly whole: boolean;
  readonly config: unknown;
}

/** A statement that is valid for all data, so that a condition can be probed alone. */
const harmless = 'set(resource.attributes["a"], "a")';

/**
 * Returns the probes of all entries. The collector stops at the first text of an entry that it refuses. With one
 * processor for each text, it reports all refused texts at once. One processor for each entry finds texts that do not
 * go together.
 */
export function probesOf({ entries }: Places): Probe[] {
  return entries.flatMap((entry, i) => {
    const probe = (
      role: string,
      path: string,
      conditions: readonly PlacedText[],
      statements: readonly PlacedText[],
    ) => {
      const texts = (list: readonly PlacedText[]): string[] => list.map(({ text }) => literal(text));
      const group = { conditions: texts(conditions), statements: texts(statements) };
      return {
        id: `${entry.use}/${i}-${role}`,
        path,
        entry,
        whole: role === "whole",
        config:
          entry.use === "filter"
            ? filter(entry.signal, [{ conditions: group.conditions }])
            : transform(entry.signal, [group]),
      };
    };
    return [
      probe("whole", entry.path, entry.conditions, entry.statements),
      ...entry.conditions.map((one, j) => probe(`condition-${j}`, one.path, [one], [{ path: "", text: harmless }])),
      ...entry.statements.map((one, j) => probe(`statement-${j}`, one.path, [], [one])),
    ];
  });
}

/** Returns a configuration with all probes, in JSON, which the collector reads as YAML. */
export function probeConfiguration(places: Places): string {
  const processors = Object.fromEntries(probesOf(places).map(({ id, config }) => [id, config]));
  return JSON.stringify(probingConfiguration({ processors }));
}

/** Returns a configuration with components that no pipeline has: the collector validates them, but does not build them. */
export function probingConfiguration({ receivers = {}, processors = {} }: ProbedComponents): unknown {
  return {
    receivers: { otlp: { protocols: { grpc: {} } }, ...receivers },
    processors,
    exporters: { otlp: { endpoint: "localhost:4317" } },
    service: { pipelines: { logs: { receivers: ["otlp"], exporters: ["otlp"] } } },
  };
}

interface ProbedComponents {
  readonly receivers?: Components;
  readonly processors?: Components;
}
