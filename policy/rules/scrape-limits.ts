import { collectorConfigurations, components, at, list, type KubernetesObject, type Props } from "../facts";
import { objectRule } from "../rule";

export interface ScrapeLimitSettings {
  readonly mostSamples: number;
}

export const scrapeLimits = objectRule<ScrapeLimitSettings>(
  {
    name: "scrape-limits",
    description: "A target that exposes too much is cut off, so it cannot fill the memory or raise the bill.",
    severity: "medium",
    settings: {
      mostSamples: {
        type: "integer",
        minimum: 1,
        default: 50_000,
        description: "Highest allowed sample_limit of a scrape.",
      },
    },
    applies: (object) => collectorConfigurations(object).some((configuration) => scrapesOf(configuration).length > 0),
  },
  scrapeViolations,
);

function scrapeViolations(object: KubernetesObject, { mostSamples }: ScrapeLimitSettings): string[] {
  return collectorConfigurations(object)
    .flatMap(scrapesOf)
    .flatMap(([receiver, scrape]) => {
      const samples = at(scrape, "sample_limit");
      const body = at(scrape, "body_size_limit");
      const place = `receiver '${receiver}', job '${String(at(scrape, "job_name"))}'`;
      return [
        ...(typeof samples === "number" && samples > 0 && samples <= mostSamples
          ? []
          : [`${place}: set sample_limit (metric.prometheus.limits.samples) to at most ${mostSamples}.`]),
        ...(isNoLimit(body)
          ? [`${place}: set body_size_limit (metric.prometheus.limits.bodySize), such as 16MB.`]
          : []),
      ];
    });
}

/** Returns true if the scraper would read a body of any size: a size below one byte limits nothing. */
function isNoLimit(size: unknown): boolean {
  if (typeof size === "number") return size < 1;
  if (typeof size !== "string") return true;
  const amounts = [...size.matchAll(/(\d+(?:\.\d+)?)([KMGTPE]?)i?B?/gi)];
  const bytes = amounts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unit ? 1000 : 1), 0);
  return bytes < 1;
}

/** Lists the scrape jobs of all Prometheus receivers, with the receiver's id. */
function scrapesOf(configuration: Props): (readonly [string, unknown])[] {
  return components(configuration, "receivers")
    .filter(([id]) => /^prometheus(\/|$)/.test(id))
    .flatMap(([id, receiver]) => list(at(receiver, "config.scrape_configs")).map((scrape) => [id, scrape] as const));
}
