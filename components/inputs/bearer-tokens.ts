import { z } from "zod";
import { credentialsFolder } from "../contract";
import { field, labelName, labelRule, struct, value } from "../schema";

const token = struct({
  namespaces: field(
    z
      .array(field(labelName(), { description: "Name of a namespace.", example: "shop" }))
      .min(1, "is an empty list, so no target would get the token"),
    {
      description: "Namespaces whose targets get the token.",
      example: "[shop]",
      rule: `Names of namespaces: ${labelRule}, at most 63 characters. No namespace has two tokens.`,
    },
  ),
  token: value({
    description: "The token, without the word `Bearer`.",
    example: "{ valueFrom: { secretKeyRef: { name: metrics, namespace: shop, key: token } } }",
  }),
});

/** The tokens by which targets of the annotated input know the agent. */
export const bearerTokens = field(
  z
    .array(
      field(token, {
        description: "A token and its namespaces.",
        example:
          "{ namespaces: [shop], token: { valueFrom: { secretKeyRef: { name: metrics, namespace: shop, key: token } } } }",
      }),
    )
    .default([]),
  {
    description:
      "Tokens for annotated targets that require one: the agent sends `Authorization: Bearer …` to every annotated target in " +
      "these namespaces, and to no other. A target is in the namespace of its Pod, whatever Service leads to it. With a token, the " +
      "agent follows no redirect. With `http`, the token crosses the cluster's network in clear text.",
    example:
      "[{ namespaces: [shop], token: { valueFrom: { secretKeyRef: { name: metrics, namespace: shop, key: token } } } }]",
  },
);

/** Targets that get a token. The token itself is in a file of the merged Secret. */
export interface TokenTargets {
  readonly namespaces: readonly string[];
  /** Part of the names of their jobs. */
  readonly id: string;
  /** Key in the merged Secret. */
  readonly key: string;
}

/** Returns the targets of a token, named after their first namespace: no namespace has two tokens. */
export function tokenTargets(names: readonly string[]): TokenTargets {
  const namespaces = [...new Set(names)].sort();
  const [id = ""] = namespaces;
  return { namespaces, id, key: `prometheus_${id}_token` };
}

/**
 * Returns the settings of a scrape job that sends a token. The scraper would send the token to the target of a redirect,
 * too: collectors before 0.160 even to another host.
 */
export const withToken = ({ key }: TokenTargets): object => ({
  authorization: { type: "Bearer", credentials_file: `${credentialsFolder}/${key}` },
  follow_redirects: false,
});
