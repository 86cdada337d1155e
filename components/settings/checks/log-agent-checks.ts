import { defaultLogNamespace } from "../../contract";
import { error, warning, type Finding, type Place } from "../../schema";
import { serviceName } from "../service-names";
import { endpointTarget } from "./endpoint";

/** Longest name of a namespace. */
const longest = 63;

/** Checks the namespace of the log agent, which must differ from the stack's: their pods get other admission. */
export function checkLogNamespace(chosen: string | undefined, stack: string): Finding[] {
  const path = "logAgent.namespace";
  if (chosen === stack) {
    const problem = "is the stack's namespace, which admits no pod that mounts files of its node";
    return [error(path, problem, "Write another name, or leave it out")];
  }
  if (chosen === undefined && defaultLogNamespace(stack).length > longest) {
    const problem = `has no usable default: the stack's namespace with \`-logs\` is longer than ${longest} characters`;
    return [error(path, problem, "Write a shorter name")];
  }
  return [];
}

interface LogPipeline {
  readonly input?: { readonly runtime?: { readonly enabled?: boolean } };
  readonly output?: { readonly otlp?: { readonly endpoint?: { readonly value?: unknown } } };
}

/** Warns of a backend that the log agent does not find by its name alone. */
export function checkLogBackend({ input, output }: LogPipeline, place: Place): Finding[] {
  const address = output?.otlp?.endpoint?.value;
  if (input?.runtime?.enabled !== true || typeof address !== "string") return [];
  const host = endpointTarget(address)?.host;
  const service = host === undefined ? undefined : serviceName(host);
  if (host === undefined || service === undefined || service.namespace !== undefined) return [];
  return [
    warning(
      place(["output", "otlp", "endpoint"]),
      "names a Service without its namespace, so the log agent looks for it in its own one",
      `Write ${host}.NAMESPACE`,
    ),
  ];
}
