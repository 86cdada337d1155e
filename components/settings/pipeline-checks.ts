import { error, type Finding, type Place, skipVerifyField, type Sound, warning, type WrittenValue } from "../schema";
import type { WrittenLogPipeline, WrittenMetricPipeline, WrittenTracePipeline } from "./configuration";
import type { Signal } from "../contract";
import {
  checkAdditionalMetrics,
  pathCharacters,
  checkHeaderNames,
  checkLogBackend,
  checkTokenParameters,
  outputFacts,
  checkOttlEntries,
} from "./checks";
import { outputFields } from "./output-value-table";
import { checkTexts } from "./value-checks";

export type SoundPipeline = Sound<WrittenMetricPipeline> | Sound<WrittenTracePipeline> | Sound<WrittenLogPipeline>;
type SoundOutput = NonNullable<NonNullable<NonNullable<SoundPipeline>["output"]>["otlp"]>;

/** Returns all findings about one pipeline that follow from its sound fields. */
export function checkPipeline(signal: Signal, pipeline: SoundPipeline, place: Place, now: Date): Finding[] {
  if (!pipeline) return [];
  const otlp = pipeline.output?.otlp;
  return [
    ...("input" in pipeline ? checkInput(signal, pipeline.input, place) : []),
    ...(signal === "logs" ? checkLogBackend(pipeline, place) : []),
    ...checkOttlEntries(signal, pipeline, place),
    ...(otlp ? checkOutput(otlp, place(["output", "otlp"]), now) : []),
  ];
}

type SoundInput = NonNullable<Sound<WrittenMetricPipeline>>["input"] | NonNullable<Sound<WrittenLogPipeline>>["input"];

function checkInput(signal: Signal, input: SoundInput, place: Place): Finding[] {
  if (!input) return [];
  const collected = Object.values(input);
  const runtime = "runtime" in input ? input.runtime : undefined;
  const additional = runtime && "additionalMetrics" in runtime ? runtime.additionalMetrics : undefined;
  return [
    ...(collected.every((part) => part?.enabled === false)
      ? [
          warning(
            place(["input"]),
            "has no input that is on, so nothing is sent",
            "Write `enabled: true` in one of them",
          ),
        ]
      : []),
    ...(additional ? checkAdditionalMetrics(additional, place(["input", "runtime", "additionalMetrics"])) : []),
  ];
}

function checkOutput(otlp: SoundOutput, path: string, now: Date): Finding[] {
  const facts = outputFacts(otlp, path);
  const oauth2 = otlp.authentication?.oauth2;
  return [
    ...(otlp.path !== undefined && otlp.protocol === "grpc"
      ? [error(`${path}.path`, "is only for `protocol: http`", "Remove it, or set `protocol: http`")]
      : []),
    ...(otlp.path === undefined ? [] : checkUrlPath(otlp.path, `${path}.path`)),
    ...(otlp.tls?.[skipVerifyField] && otlp.tls.insecure
      ? [
          warning(
            `${path}.tls.${skipVerifyField}`,
            "has no effect, because `tls.insecure` is true",
            "Remove one of them: without TLS there is no certificate to check",
          ),
        ]
      : []),
    ...checkTokenParameters(oauth2?.scopes, oauth2?.params, `${path}.authentication.oauth2`),
    ...checkHeaderNames(facts),
    ...checkTexts(facts, textsOf(otlp), now),
  ];
}

function checkUrlPath(text: string, path: string): Finding[] {
  if (text.trim() === "") return [error(path, "is empty", "Write it as /ingest/otlp, or remove it")];
  if (/\s/.test(text)) return [error(path, "has white space in it", "Remove it")];
  if (text.includes("://")) return [error(path, "is a whole URL", "Move scheme, host and port to `endpoint`")];
  if (/^\/*[^/?#]*@/.test(text))
    return [error(path, "has credentials before a host", "Remove them and use `authentication.basic`")];
  if (text.includes("?"))
    return [error(path, "has a query", "Remove what starts with `?`; credentials go into `headers`")];
  if (text.includes("#")) return [error(path, "has a fragment", "Remove what starts with `#`")];
  return pathCharacters(text, path);
}

/** The texts that stand in the configuration itself. */
function textsOf(otlp: SoundOutput): ReadonlyMap<string, string> {
  return new Map(
    outputFields<Sound<WrittenValue>>(otlp).flatMap(({ field, value }) =>
      typeof value?.value === "string" ? [[field, value.value] as const] : [],
    ),
  );
}
