import * as pulumi from "@pulumi/pulumi";
import { PipelineConfigError } from "../config-error";
import { error, type WrittenValue } from "../schema";
import type { Value } from "./types";

/** Wraps a value: from here on, its text exists only in a secret Output. `change` makes the text that is kept. */
export function secretValue(
  written: WrittenValue,
  path: string,
  change: (text: string) => string = (text) => text,
): Value {
  if (written.valueFrom) return { kind: "secretKeyRef", ...written.valueFrom.secretKeyRef };
  return {
    kind: "literal",
    value: pulumi.secret(textOf(written, path).apply(change)),
    ...(typeof written.value === "string" && { written: true, bytes: Buffer.byteLength(written.value) }),
  };
}

/** Wraps an address, which is not a credential. Where it stands in the configuration itself, it is also `plain`. */
export function addressValue(written: WrittenValue, path: string): Value {
  if (written.valueFrom) return { kind: "secretKeyRef", ...written.valueFrom.secretKeyRef };
  return {
    kind: "literal",
    value: textOf(written, path),
    ...(typeof written.value === "string" && { plain: written.value }),
  };
}

function textOf({ value }: WrittenValue, path: string): pulumi.Output<string> {
  const output = typeof value === "function" ? value() : pulumi.output<unknown>(value);
  return output.apply((text) => {
    if (typeof text === "string") return text;
    throw new PipelineConfigError([error(path, "is not text", "Give a string, or an Output of one")]);
  });
}
