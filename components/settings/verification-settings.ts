import { z } from "zod";
import { field, struct } from "../schema";

/** When backends are proven to take data, and what follows when they do not. */
export const verification = field(
  struct({
    mode: field(z.enum(["always", "onChange", "off"]).default("always"), {
      description:
        "`always`: on every update. `onChange`: when something that the proof depends on changed, or was unhealthy the last time. `off`: never.",
      example: "onChange",
    }),
    timeoutSeconds: field(
      z.int("is not a whole number").min(15, "is less than 15").max(600, "is more than 600").default(60),
      {
        description: "Longest time in seconds. The proof ends as soon as every pipeline has a certain verdict.",
        example: "120",
        rule: "From 15 to 600. In less than 15, a backend that does not answer looks like a slow one.",
      },
    ),
    onUnhealthy: field(z.enum(["warn", "fail"]).default("warn"), {
      description: "Result of an update that ends with an unhealthy pipeline: a warning or a failure.",
      example: "fail",
    }),
  }).prefault({}),
  { description: "The proof, at the end of an update, that backends accept data.", example: "{ onUnhealthy: fail }" },
);
