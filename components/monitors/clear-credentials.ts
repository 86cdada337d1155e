import { credentialIn, isCredentialParameter } from "../settings";
import { fault, type MonitorFault } from "./monitor-faults";

/**
 * Reports credentials in texts of an endpoint. The agents' configuration is a ConfigMap, which more people may read than
 * the operator's Secret. A rule may look for texts of that form, so a credential in a rule costs nothing.
 */
export function clearCredentialFaults(value: unknown, place: string): MonitorFault[] {
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, part]) =>
      clearCredentialFaults(part, Array.isArray(value) ? `${place}[${key}]` : `${place}.${key}`),
    );
  const kind = typeof value === "string" && value !== "" ? credentialOf(value, place) : undefined;
  if (kind === undefined) return [];
  const isRule = /elabelings\[/.test(place);
  return [
    fault(
      place,
      isRule ? "field" : "endpoint",
      `looks like ${kind}, which the agents' configuration would have in clear text`,
      "Remove it; credentials belong into a Secret, to which basicAuth, authorization or oauth2 refers",
    ),
  ];
}

/** Names a credential by its form, or by the parameter that it is the value of. */
function credentialOf(text: string, place: string): string | undefined {
  const [, parameter = ""] = /\.(?:params|endpointParams)\.([^.[]+)/.exec(place) ?? [];
  return credentialIn(text) ?? (isCredentialParameter(parameter) ? "a credential" : undefined);
}
