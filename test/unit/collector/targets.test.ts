import assert from "node:assert/strict";
import { agentConfig } from "../../../components/collector/agent";
import { agent, pipeline } from "../helpers/models";
import { asked, discovered, relabel, type Rule, type TargetLabels } from "../helpers/relabel";

const prometheus = { namespaces: {}, diagnosticMetrics: false };
const config = agentConfig("node", agent([pipeline("metrics", "a", { pull: { prometheus } })]));

const rules = ((): readonly Rule[] => {
  type Receiver = { config: { scrape_configs: { job_name: string; relabel_configs: Rule[] }[] } };
  const { scrape_configs: jobs } = (config.receivers["prometheus/prometheus"] as Receiver).config;
  return jobs.find(({ job_name: name }) => name === "app-pods")?.relabel_configs ?? [];
})();

/** The different targets that a pod becomes. */
function targets(...pod: Parameters<typeof discovered>): TargetLabels[] {
  const [annotations, ...rest] = pod;
  const all = discovered({ "prometheus.io/scrape": "true", ...annotations }, ...rest).flatMap(
    (target): TargetLabels[] => {
      const kept = relabel("app-pods", rules, target);
      return kept ? [kept] : [];
    },
  );
  return [...new Map(all.map((target) => [asked(target), target])).values()];
}

const app = { name: "app", ports: [{ number: 8080, name: "http" }] };
const sidecar = { name: "sidecar", ports: [{ number: 9100, name: "metrics" }] };

const addresses = (...pod: Parameters<typeof discovered>): (string | undefined)[] =>
  targets(...pod).map((target) => target.__address__);
const jobs = (...pod: Parameters<typeof discovered>): (string | undefined)[] => targets(...pod).map(({ job }) => job);

describe("the targets of an annotated pod", () => {
  it("are all of its ports when it names none", () => {
    assert.deepEqual(addresses({}, [app, sidecar]), ["10.0.0.1:8080", "10.0.0.1:9100"]);
  });

  it("are the port that it gives the name of", () => {
    assert.deepEqual(addresses({ "prometheus.io/port": "metrics" }, [app, sidecar]), ["10.0.0.1:9100"]);
  });

  it("are one when it gives a number, whichever ports its containers declare", () => {
    assert.deepEqual(addresses({ "prometheus.io/port": "9100" }, [app, sidecar]), ["10.0.0.1:9100"]);
    assert.deepEqual(addresses({ "prometheus.io/port": "9999" }, [app, sidecar, { name: "none" }]), ["10.0.0.1:9999"]);
  });

  it("are asked at addresses of IPv6, too", () => {
    assert.deepEqual(addresses({ "prometheus.io/port": "9100" }, [app], "fd00::1"), ["[fd00::1]:9100"]);
    assert.deepEqual(addresses({ "prometheus.io/port": "http" }, [app], "fd00::1"), ["[fd00::1]:8080"]);
  });

  it("are of their container where that is certain, and else of an uncertain one, but all of one pod alike", () => {
    assert.deepEqual(jobs({}, [app, sidecar]), ["app-pods", "app-pods"]);
    assert.deepEqual(jobs({ "prometheus.io/port": "metrics" }, [app, sidecar]), ["app-pods"]);
    assert.deepEqual(jobs({ "prometheus.io/port": "9100" }, [app, sidecar]), ["app-pods-by-number"]);
    assert.deepEqual(jobs({}, [{ name: "a" }, { name: "b" }]), ["app-pods-by-number"]);
  });

  it("lose the name of an uncertain container before metadata is added, which has it when there is one only", () => {
    const { metric_statements: groups } = config.processors["transform/prometheus-metrics"] as {
      metric_statements: { statements: string[] }[];
    };
    assert.deepEqual(
      groups[0]?.statements.map((statement) => statement.replaceAll(`resource.attributes["service.name"] == `, "")),
      [
        `delete_key(resource.attributes, "k8s.container.name") where "app-pods-by-number" or "app-services" or "app-services-mesh"`,
        `delete_key(resource.attributes, "service.name") where "app-pods" or "app-pods-by-number" or "app-services" or "app-services-mesh"`,
      ],
    );
    const { extract } = config.processors["k8s_attributes/enrich-metrics"] as { extract: { metadata: string[] } };
    assert.ok(extract.metadata.includes("k8s.container.name"));
  });
});
