/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import type { z } from "zod";
import { field, onOff, struct, subdomainName, subdomainRule } from "../schema";
import { output } from "./output-fields";
import { filter, transform } from "./ottl-fields";
import type { Signal } from "../contract";

/** The name is part of keys of the merged Secret, which may have 253 characters; this leaves room for signal and field. */
export const maxNameLength = 200;

/** What the three kinds have in common, around what each of them adds. */
export function pipeline<Input extends z.ZodRawShape, OutputExtra extends z.ZodRawShape>(
  signal: Signal,
  input: Input,
  outputExtra: OutputExtra,
) {
  return struct({
    name: field(subdomainName(maxNameLength), {
      description: "Name of the pipeline, unique among those of its kind.",
      example: "backend",
      rule: `Made of ${subdomainRule}; at most ${maxNameLength} characters.`,
    }),
    ...input,
    transform: transform(signal),
    filter: filter(signal),
    output: output(outputExtra),
    canary: onOff(
      true,
      "A point, span or record named `telemetry.canary` that each verification sends to the backend, to prove that it takes data when nothing else does.",
    ),
  });
}
