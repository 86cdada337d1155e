import assert from "node:assert/strict";
import { jobsRefusedBy } from "../../components/validation/refused-jobs";
import { collectors } from "./collectors";

const job = (name: string, config: object = {}) => ({
  job_name: name,
  static_configs: [{ targets: ["127.0.0.1:1"] }],
  ...config,
});

describe("a scrape job that the collector refuses", () => {
  for (const { version, program } of collectors) {
    it(`is found among others, by collector ${version}, with its message but no value`, function () {
      this.timeout(120_000);
      const refused = jobsRefusedBy(
        { path: program, version, mayDiffer: false },
        [
          job("serviceMonitor/shop/good/0"),
          job("serviceMonitor/shop/regex/0", { relabel_configs: [{ source_labels: ["a"], regex: "(secret" }] }),
          job("serviceMonitor/shop/field/0", { unknown: "secret" }),
          job("serviceMonitor/shop/merge/0", { params: { "<<": ["secret"] } }),
          job("serviceMonitor/shop/lines/0", {
            relabel_configs: [{ source_labels: ["a"], regex: "(a\nreceivers::prometheus/0: secret" }],
          }),
          job("serviceMonitor/shop/quotes/0", { scrape_interval: 'se`cr`et " x' }),
          job("podMonitor/shop/both/0", {
            basic_auth: { username: "secret" },
            authorization: { credentials_file: "/run/token" },
          }),
          job("podMonitor/shop/protocol/1", { scrape_protocols: ["secret"] }),
          job("podMonitor/shop/good/0", { authorization: { credentials_file: "/run/token" } }),
        ],
        { "/run/token": "placeholder" },
      );
      assert.deepEqual(Object.fromEntries(refused), {
        "serviceMonitor/shop/regex/0": "error parsing regexp: missing closing ): …",
        "serviceMonitor/shop/merge/0": "yaml: map merge requires map or sequence of maps as the value",
        "serviceMonitor/shop/lines/0": "error parsing regexp: missing closing ): …",
        "serviceMonitor/shop/quotes/0": "not a valid duration string: …",
        "serviceMonitor/shop/field/0": "field unknown not found in type config.ScrapeConfig",
        "podMonitor/shop/both/0": "at most one of basic_auth, oauth2 & authorization must be configured",
        "podMonitor/shop/protocol/1":
          "scrape_protocols: unknown scrape protocol …, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0] for scrape config with job name …",
      });
    });
  }
});
