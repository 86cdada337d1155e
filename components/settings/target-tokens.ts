import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type bearerTokens, tokenTargets, type TokenTargets } from "../inputs";
import { join, type Finding, type Sound } from "../schema";
import { checkToken } from "./checks";
import { secretValue } from "./normalize-value";
import type { SecretKeyReference, Value } from "./types";

/** A token that the agent sends to targets. */
export interface TargetToken extends TokenTargets {
  /** Place of the token in the user's configuration. */
  readonly path: string;
  readonly value: Value;
}

export type WrittenTokens = Sound<z.output<typeof bearerTokens>>;

/** Place of the tokens in the user's configuration. */
export const tokensPath = "metric.prometheus.bearerTokens";

/** Returns the tokens that could be read. */
export function targetTokens(written: WrittenTokens): TargetToken[] {
  return (written ?? []).flatMap((one, i): TargetToken[] => {
    const namespaces = (one?.namespaces ?? []).flatMap((name) => name ?? []);
    const { value, valueFrom } = one?.token ?? {};
    const { name, namespace, key } = valueFrom?.secretKeyRef ?? {};
    const path = join(tokensPath, [i, "token"]);
    if (namespaces.length === 0) return [];
    if (value !== undefined && valueFrom === undefined)
      return [{ ...tokenTargets(namespaces), path, value: secretValue({ value }, path) }];
    if (value !== undefined || name === undefined || namespace === undefined || key === undefined) return [];
    return [{ ...tokenTargets(namespaces), path, value: { kind: "secretKeyRef", name, namespace, key } }];
  });
}

/** Returns the findings about tokens whose texts were not known while parsing. They hold no texts. */
export function checkTokensWhenKnown(
  tokens: readonly TargetToken[],
  read: (reference: SecretKeyReference) => string,
): pulumi.Output<Finding[]>[] {
  return tokens.map(({ path, value }) => {
    const text = pulumi.output(value.kind === "literal" ? value.value : read(value));
    return pulumi.unsecret(text.apply((known) => checkToken(known, path)));
  });
}
