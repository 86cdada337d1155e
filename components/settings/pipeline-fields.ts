/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import type { z } from "zod";
import { field, onOff, struct, subdomainName, subdomainRule } from "../schema";
import { output } from "./output-fields";
import { filter, transform } from "./ottl-fields";
import type { Signal } from "../contract";

/** Longest name. Keys of the merged Secret contain it with signal and field, and may have 253 characters. */
export const maxNameLength = 200;

/** Returns the schema of a pipeline: the fields that the three kinds share, and those that one kind adds. */
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
      "A point, span or record named `telemetry.canary` that each verification sends to the backend. It proves that the backend accepts data while no application sends any.",
    ),
  });
}
