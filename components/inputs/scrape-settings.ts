import { z } from "zod";
import { bearerTokens, tokenTargets, type TokenTargets } from "./bearer-tokens";
import { bytes, bytesQuantity, cidrs, field, flag, normalizePem, skipVerify, skipVerifyField, struct } from "../schema";

const targetTls = struct({
  ...skipVerify("Whether to accept any certificate of a target."),
  ca: field(z.string().optional(), {
    description: "Authorities that may sign the certificates of targets. Default: the system's.",
    example: '"-----BEGIN CERTIFICATE-----\\n…"',
    rule: "PEM of one or more certificates. Line breaks may be written as `\\n`.",
  }),
  serverName: field(z.string().min(1, "is empty").optional(), {
    description: "Name that the certificates of targets are for. Default: the target's address.",
    example: "metrics.example.com",
  }),
});

/**
 * Most bytes of an answer whose labels are all safe, whatever the target answers: the scraper ends the collector at a label of
 * 16 MiB, measured with its version 0.161.
 */
export const safeBodySize = "16M";

const limits = struct({
  samples: field(z.int("is not a whole number, or is too large to count").min(1, "is less than one").default(50_000), {
    description: "Most samples in one answer of a target.",
    example: "100000",
    rule: "An answer with more is dropped as a whole.",
  }),
  // The scraper reads 0 as no limit.
  bodySize: field(bytesQuantity("1k").default(safeBodySize), {
    description: "Most bytes of one answer of a target.",
    example: "8M",
    rule:
      "Bytes, or with a unit such as `M` or `Mi`, at least `1k`. A larger answer is dropped as a whole. With more than " +
      `\`${safeBodySize}\`, a label of 16 MiB in an answer ends the agent.`,
  }),
});

/** Fields of `metric.prometheus`. The limits and the nodes' networks apply to all scraping inputs. */
export const scrapeFields = {
  tls: field(targetTls.prefault({}), {
    description: "How targets annotated with `prometheus.io/scheme: https` are verified.",
    example: `{ ${skipVerifyField}: true }`,
  }),
  bearerTokens,
  limits: field(limits.prefault({}), {
    description: "Limits of one answer of a target.",
    example: "{ samples: 100000 }",
  }),
  nativeHistograms: flag(
    false,
    "Whether to scrape native histograms of Prometheus, which become exponential histograms. Without, a target that has " +
      "only these yields count, sum and one bucket. With, a target that has both kinds yields exponential ones only, " +
      "which the backend must accept.",
  ),
  honorTimestamps: flag(
    true,
    "Whether samples keep the timestamps that a target gives them. Without, they get the time of the scrape: a backend " +
      "such as Prometheus refuses a whole request with one sample that is too old.",
  ),
  names: field(z.enum(["utf8", "legacy"]).default("utf8"), {
    description:
      "Names of scraped metrics and labels. `utf8`: as the target has them, such as `http.requests`. `legacy`: the agent " +
      "asks each target to replace all characters but letters, digits, `_` and `:`, as in `http_requests`. A target that " +
      "cannot do that keeps its names.",
    example: "legacy",
  }),
  hostNetworks: cidrs(
    "Addresses of nodes.",
    "Addresses of targets on their node's own network, such as a node exporter. Elsewhere, a network policy lets " +
      "the agent reach pods only.",
  ),
};

type Written = { readonly [Key in keyof typeof scrapeFields]: z.output<(typeof scrapeFields)[Key]> };

/** Settings that all scraping inputs share. */
export interface ScrapeSettings {
  /** Limits of one answer of a target. A larger answer is dropped as a whole. */
  readonly limits: { readonly samples: number; readonly bodyBytes: number };
  readonly nativeHistograms: boolean;
  readonly honorTimestamps: boolean;
  readonly names: Written["names"];
  /** CIDRs of targets that listen on the network of their node. */
  readonly hostNetworks: readonly string[];
  /** The verification of targets with `https`; `ca` is PEM. */
  readonly tls: Written["tls"];
  /** Annotated targets that get a token. */
  readonly tokens: readonly TokenTargets[];
}

export function scrapeSettings({
  tls,
  bearerTokens: tokens,
  limits: { samples, bodySize },
  nativeHistograms,
  honorTimestamps,
  names,
  hostNetworks,
}: Written): ScrapeSettings {
  return {
    limits: { samples, bodyBytes: bytes(bodySize) },
    nativeHistograms,
    honorTimestamps,
    names,
    hostNetworks: [...new Set(hostNetworks)].sort(),
    tls: { ...tls, ...(tls.ca !== undefined && { ca: normalizePem(tls.ca) }) },
    tokens: tokens.map(({ namespaces }) => tokenTargets(namespaces)).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
