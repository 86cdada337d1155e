import { defaultLogNamespace } from "../../contract";
import { error, warning, type Finding, type Place } from "../../schema";
import { serviceName } from "../service-names";
import { endpointTarget } from "./endpoint";

/** Longest name of a namespace. */
const longest = 63;

/**
 * Checks the namespace of the log agent, which must differ from the stack's: their pods get other admission. `isNeeded` is
 * whether a pipeline takes container logs.
 */
export function checkLogNamespace(chosen: string | undefined, stack: string, isNeeded: boolean): Finding[] {
  const path = "logAgent.namespace";
  if (chosen === stack) {
    const problem = "is the stack's namespace, which admits no pod that mounts files of its node";
    return [error(path, problem, "Write another name, or leave it out")];
  }
  if (isNeeded && chosen === undefined && defaultLogNamespace(stack).length > longest) {
    const problem = `has no usable default: the stack's namespace with \`-logs\` is longer than ${longest} characters`;
    return [error(path, problem, "Write a shorter name")];
  }
  return [];
}

/** A pipeline, as far as it can be read. */
interface LogPipeline {
  readonly input?: { readonly runtime?: { readonly enabled?: boolean } };
  readonly output?: { readonly otlp?: { readonly endpoint?: { readonly value?: unknown } } };
}

/** Returns whether a pipeline takes container logs. */
export function takesContainerLogs(pipeline: object | undefined): boolean {
  return (pipeline as LogPipeline | undefined)?.input?.runtime?.enabled === true;
}

/** Warns of a backend that the log agent does not find by its name alone. */
export function checkLogBackend(pipeline: LogPipeline, place: Place): Finding[] {
  const address = pipeline.output?.otlp?.endpoint?.value;
  if (!takesContainerLogs(pipeline) || typeof address !== "string") return [];
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
