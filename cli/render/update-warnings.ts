import type { EngineEvent } from "@pulumi/pulumi/automation";
import { plainText } from "../../manager";

/**
 * Returns the warnings of this program, in order and each once, from the engine's log of events: one JSON object per line.
 * Warnings of the engine and of its plugins are left out: they are about the temporary stack.
 */
export function updateWarnings(log: string): string[] {
  const events = log
    .split("\n")
    .filter((line) => line.includes('"diagnosticEvent"'))
    .map((line) => JSON.parse(line) as EngineEvent);
  const messages = events.flatMap(({ diagnosticEvent: event }) =>
    event?.severity === "warning" && isOwn(event.urn) ? [plainText(event.message)] : [],
  );
  return [...new Set(messages)];
}

/** Returns whether a resource is a component of this program. The type is the third part of a URN, after its parents. */
function isOwn(urn = ""): boolean {
  const [, , type = ""] = urn.split("::");
  return type.split("$").at(-1)?.startsWith("telemetry:index:") === true;
}
