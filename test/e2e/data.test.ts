import assert from "node:assert/strict";
import { connect } from "node:http2";
import type { Condition, ConditionType, PipelineStatus } from "../../components/verification";
import { Application } from "./support/application";
import { Backend, backendNamespace } from "./support/backends";
import { nodeNames, pods } from "./support/kubectl";
import { logsRequest, now, tracesRequest } from "./support/otlp";
import { makeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";

const shop = "e2e-data-shop";

describe("the status of the data", function () {
  this.timeout("10m");
  let backend: Backend;
  const stack = new Stack({});

  const of = (all: readonly PipelineStatus[], name: string, type: ConditionType): Condition => {
    const found = all.find(({ pipeline }) => pipeline === name)?.conditions.find((one) => one.type === type);
    assert.ok(found, `${name} ${type}`);
    return found;
  };

  before(async () => {
    await makeNamespaces(backendNamespace, shop);
    backend = await Backend.start("data");
    const output = { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } };
    stack.configure({
      metricPipelines: [{ name: "off", input: { otlp: { enabled: false } }, output }],
      tracePipelines: [
        {
          name: "some",
          transform: [{ statements: [`set(span.attributes["json"], ParseJSON(span.attributes["text"]))`] }],
          filter: [{ conditions: [`span.name == "noise"`] }],
          output,
        },
        { name: "none", filter: [{ conditions: [`IsMatch(span.name, ".*")`] }], output },
      ],
      logPipelines: [{ name: "logs", output }],
    });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await stack.discard(backendNamespace, shop);
  });

  it("reports that no data has arrived, and that a pipeline has no input", async () => {
    const all = await stack.pipelineStatuses();
    const logs = of(all, "logPipelines/logs", "InputsHealthy");
    assert.deepEqual([logs.status, logs.reason], ["Unknown", "NothingPushed"]);
    assert.match(
      logs.message,
      /^otlp: applications have pushed no log records yet, in \d+ \w+ since the gateway's pods started\. Senders push by gRPC to http:\/\/telemetry-otlp\.telemetry:4317, or by HTTP to http:\/\/telemetry-otlp\.telemetry:4318\.$/,
    );
    for (const type of ["InputsHealthy", "TelemetryFlowHealthy"] as const) {
      const off = of(all, "metricPipelines/off", type);
      assert.equal(off.status, "Unknown");
      assert.match(off.message, /^No input of the pipeline is enabled, .* metricPipelines\[0\]\.input\.otlp\.enabled/);
    }
  });

  it("reports how much data arrived, was dropped and failed, and from which senders", async () => {
    const [node] = (await nodeNames()) as [string];
    const [known, unknown] = (await Application.startAll([
      { namespace: shop, node },
      { namespace: shop, name: "host", node, hostNetwork: true },
    ])) as [Application, Application];
    for (let i = 0; i < 30; i++) {
      const name = i % 3 === 0 ? "noise" : "order";
      await (i % 2 === 0 ? known : unknown).push("traces", tracesRequest([{ name, start: now() }]));
    }
    const report = stack.pipelineStatuses();
    let pushes = 0;
    const pushing = setInterval(() => {
      // The check judges by its own time alone from 50 senders on, and it can take a minute.
      if (++pushes > 30) return;
      void known
        .push("traces", tracesRequest([{ name: "order", start: now(), attributes: { text: "{" } }]))
        .catch(() => 0);
    }, 1000);
    const all = await report.finally(() => clearInterval(pushing));
    const some = of(all, "tracePipelines/some", "DataHealthy");
    assert.deepEqual([some.status, some.reason], ["True", "StatementsFailing"]);
    assert.match(
      some.message,
      /^The filter dropped 10 of \d+ spans since its collectors started\. Statements or conditions failed \d+ times or more during the check\. .*tracePipelines\[0\]\.transform .* \d+ % of the traces pushed since the gateway's pods started came without a known pod \(15 of \d+ resources(?:; during the check, \d+ of \d+)?\)\./,
    );
    const none = of(all, "tracePipelines/none", "DataHealthy");
    assert.deepEqual([none.status, none.reason], ["True", "AllItemsFiltered"]);
    assert.match(
      none.message,
      /^The filter dropped all \d+ spans since its collectors started\. Check tracePipelines\[1\]\.filter\./,
    );
    assert.match(of(all, "tracePipelines/some", "InputsHealthy").message, /^otlp: applications pushed \d+ spans since/);
    assert.equal(of(all, "logPipelines/logs", "DataHealthy").reason, "DataHealthy");
  });

  it("reports that a sender uses gRPC on the port for HTTP", async () => {
    const [gateway] = await pods("telemetry", "telemetry-otlp-gateway");
    assert.ok(gateway);
    const session = connect(`http://${gateway.status.podIP}:4318`);
    await new Promise<void>((done) => {
      session.on("error", () => done());
      session.on("close", () => done());
      const path = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
      const request = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" });
      request.on("error", () => done());
      request.end("x");
      setTimeout(done, 30_000).unref();
    });
    session.destroy();
    const waiting = of(await stack.pipelineStatuses(), "logPipelines/logs", "InputsHealthy");
    assert.equal(waiting.reason, "NothingPushed");
    assert.match(waiting.message, / 1 request was gRPC on port 4318, which is for HTTP: use port 4317\.$/);
    const [known] = (await Application.startAll([{ namespace: shop, name: "later" }])) as [Application];
    await known.push("logs", logsRequest([{ body: "text", time: now() }]));
    const some = of(await stack.pipelineStatuses(), "logPipelines/logs", "InputsHealthy");
    assert.deepEqual([some.status, some.reason], ["True", "RequestsMisdirected"]);
  });
});
