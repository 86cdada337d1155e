import assert from "node:assert/strict";
import type { PullRole } from "../../../components/inputs";
import type { MetricSettingsArgs } from "../../../components/settings";
import { agentConfig, pipeline, selections } from "../helpers/models";

const everyScrape = {
  prometheus: selections.prometheus(),
  istio: selections.istio(),
  apiServer: selections.apiServer,
};

/** Returns the settings for names of the scrape jobs in a role's collectors, each once. */
function namesIn(role: PullRole, prometheus: MetricSettingsArgs["prometheus"]): unknown[] {
  const { receivers } = agentConfig(role, [pipeline("metrics", "a", { pull: everyScrape })], {
    written: { metric: { prometheus } },
  });
  const jobs = Object.values(receivers).flatMap(
    (receiver) => (receiver as { config: { scrape_configs: Record<string, unknown>[] } }).config.scrape_configs,
  );
  const asked = jobs.map((job) =>
    Object.fromEntries(Object.entries(job).filter(([key]) => key.startsWith("metric_name_"))),
  );
  return [...new Map(asked.map((names) => [JSON.stringify(names), names])).values()];
}

describe("The names of scraped metrics", () => {
  const roles = ["node", "api-server"] as const;

  it("are those of the targets by default, which is the scraper's own default", () => {
    for (const role of roles) {
      assert.deepEqual(namesIn(role, {}), [{}], role);
      assert.deepEqual(namesIn(role, { names: "utf8" }), [{}], role);
    }
  });

  it("are requested with underscores if a backend needs legacy names, by every input that scrapes", () => {
    for (const role of roles) {
      assert.deepEqual(namesIn(role, { names: "legacy" }), [{ metric_name_escaping_scheme: "underscores" }], role);
    }
  });
});
