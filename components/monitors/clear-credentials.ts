import { credentialIn, isCredentialParameter } from "../schema";
import { fault, type MonitorFault } from "./monitor-faults";

/**
 * Reports credentials in texts of an endpoint. The agents' configuration is a ConfigMap, which more people may read than
 * the operator's Secret. A rule may look for texts of that form, so such a text in a rule costs nothing. A rule that gives
 * a parameter of the request a credential costs the endpoint, as the parameter itself does. `parameter` is the name of the
 * parameter that the value belongs to.
 */
export function clearCredentialFaults(value: unknown, place: string, parameter?: string): MonitorFault[] {
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, part]) =>
      Array.isArray(value)
        ? clearCredentialFaults(part, `${place}[${key}]`, parameter)
        : clearCredentialFaults(part, `${place}.${key}`, parameter ?? parameterOf(value, key, place)),
    );
  const kind = typeof value === "string" && value !== "" ? credentialOf(value, place, parameter) : undefined;
  if (kind === undefined) return [];
  return [
    fault(
      place,
      isInRule(place) && parameter === undefined ? "field" : "endpoint",
      `looks like ${kind}, which the agents' configuration would have in clear text`,
      "Remove it; credentials belong into a Secret, to which basicAuth, authorization or oauth2 refers",
    ),
  ];
}

const isInRule = (place: string): boolean => /elabelings\[/.test(place);

/** Labels of a target that become the parameters of its requests. */
const parameterLabel = "__param_";

/** Returns the parameter of a request that a field of an object sets, if any. */
function parameterOf(object: object, key: string, place: string): string | undefined {
  if (/\.(?:params|endpointParams)$/.test(place)) return key;
  const label = "targetLabel" in object && key === "replacement" ? object.targetLabel : undefined;
  return typeof label === "string" && label.startsWith(parameterLabel) ? label.slice(parameterLabel.length) : undefined;
}

/** Names a credential by its form, or by the parameter that it is the value of. */
function credentialOf(text: string, place: string, parameter = ""): string | undefined {
  // Values that a rule takes from other labels are not in the configuration.
  const isTaken = isInRule(place) && /^(?:\$\d+|\$\{\w+\})+$/.test(text);
  const names = [isTaken ? "" : parameter, ...(isInRule(place) ? [] : queryParameters(text))];
  return credentialIn(text) ?? (names.some(isCredentialParameter) ? "a credential" : undefined);
}

/** Returns the names of the parameters that have a value in the query of a path or URL. */
const queryParameters = (text: string): string[] =>
  [...text.matchAll(/[?&;]([^?&;=]+)=[^&;#]/g)].map(([, name = ""]) => name);
