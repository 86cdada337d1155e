import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { pipelineModels } from "../../components/plan";
import { parsePipelines } from "../../components/settings";
import { recipeConfiguration } from "../unit/helpers/recipes";
import { eventually, temporaryFolder } from "../unit/helpers/temp";
import { LocalLogAgent, LogBackend, logsPipeline } from "./local-log-agent";

const written: readonly (readonly [container: string, line: string])[] = [
  ["shop_web-1_a/server", '{"level":"debug","message":"paid with 4111 1111 1111 1111"}'],
  ["shop-staging_web-1_b/server", "staging"],
  ["shop_web-1_a/istio-proxy", "access"],
  ["bank_web-1_c/server", '{"level":"debug","message":"details"}'],
  ["bank_web-1_c/server", '{"level":"info","message":"done"}'],
  ["bank_web-1_c/server", "10.0.0.1 GET /healthz HTTP/1.1 200"],
  ["bank_web-1_c/server", "10.0.0.1 GET /cart HTTP/1.1 200"],
  ["kube-system_dns-1_d/dns", "a look-up"],
];

describe("the recipe for container logs, in the real collector", function () {
  this.timeout("4m");
  const folder = temporaryFolder();
  const backend = new LogBackend();
  let agent: LocalLogAgent;

  before(async () => {
    const address = await backend.listen();
    const { pipelines } = parsePipelines(recipeConfiguration("container-logs.yaml"), { now: new Date() });
    const served = pipelineModels(pipelines).flatMap(({ containerLogs, ...pipeline }) => {
      const { exporter } = logsPipeline(pipeline.name, address);
      return containerLogs === undefined ? [] : [{ ...pipeline, containerLogs, exporter }];
    });
    agent = new LocalLogAgent(folder, served);
    for (const [container, line] of written) {
      agent.append(container, `2026-11-29T00:00:00Z stdout F ${line}\n`);
    }
    agent.start();
    await eventually(() => (backend.received.length >= 4 ? true : undefined), "records");
    // A record too many may be in a later request.
    await sleep(2000);
  });
  after(async () => {
    await agent.stop();
    backend.close();
  });

  const bodiesOf = (pipeline: string): unknown[] =>
    backend.received
      .filter(({ path }) => path === `/${pipeline}`)
      .map(({ body }) => body)
      .sort();

  it("sends a team the lines of its namespaces, without card numbers, proxies and copies", () => {
    assert.deepEqual(bodiesOf("shop"), ["paid with ****", "staging"]);
    const copies = backend.received.filter(({ path, attributes }) => path === "/shop" && "log.original" in attributes);
    assert.deepEqual(copies, []);
  });

  it("sends all others to the platform, without system namespaces, debug records and probes", () => {
    assert.deepEqual(bodiesOf("platform"), ["10.0.0.1 GET /cart HTTP/1.1 200", "done"]);
  });
});
