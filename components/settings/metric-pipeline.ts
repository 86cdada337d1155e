/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { settingsOf, type InputDefinition } from "../inputs";
import { field, orEmpty, otlpInput, struct } from "../schema";
import { pipeline } from "./pipeline-fields";

type Fields<List extends readonly InputDefinition[]> = {
  [One in List[number] as One["setting"]["key"]]: One["setting"]["pipeline"];
};

const pullInputs = <List extends readonly InputDefinition[]>(list: List) =>
  Object.fromEntries(settingsOf(list).map(({ key, pipeline }) => [key, pipeline])) as Fields<List>;

const input = <List extends readonly InputDefinition[]>(list: List) =>
  field(orEmpty(struct({ otlp: otlpInput(), ...pullInputs(list) })), {
    description: "Sources of the metrics.",
    example: "{ prometheus: { enabled: true } }",
  });

/** A pipeline of metrics that may have these inputs. */
export const metricPipeline = <List extends readonly InputDefinition[]>(list: List) =>
  pipeline(
    "metrics",
    { input: input(list) },
    {
      temporality: field(z.enum(["preserve", "delta"]).default("preserve"), {
        description:
          "`preserve` sends points as they came. `delta` turns cumulative sums and histograms into deltas. Each collector " +
          "computes them from its own memory, so increments of a series are lost while a pod is replaced.",
        example: "delta",
      }),
    },
  );
