import assert from "node:assert/strict";
import { causeWords, type Condition, type ConditionType, type PipelineStatus } from "../../components/verification";
import { Backend, backendNamespace } from "./support/backends";
import { faults, faultyCredentials, prepareFaults } from "./support/faults";
import { pods } from "./support/kubectl";
import { leaksIn } from "./support/leaks";
import { makeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";

/** The proof ends earlier if it is certain about all, which takes longer than the default on a slow machine. */
const timeoutSeconds = 150;

describe("the proof that backends accept data", function () {
  this.timeout("12m");
  const stack = new Stack({});
  let good: Backend;
  const printed: string[] = [];

  const goodPipeline = () => ({
    name: "good",
    output: { otlp: { endpoint: { value: good.grpc }, tls: { insecure: true } } },
  });
  const condition = async (pipeline: string, type: ConditionType = "TelemetryFlowHealthy"): Promise<Condition> => {
    const statuses = await stack.output<PipelineStatus[]>("pipelines");
    const found = statuses
      .find((status) => status.pipeline === `metricPipelines/${pipeline}`)
      ?.conditions.find((one) => one.type === type);
    assert.ok(found, `${pipeline} has no ${type}`);
    return found;
  };
  const gateways = async () => (await pods("telemetry", "telemetry-otlp-gateway")).map(({ metadata }) => metadata.uid);

  before(async () => {
    await makeNamespaces(backendNamespace);
    const [backend, faulty] = await Promise.all([Backend.start("good"), prepareFaults()]);
    good = backend;
    stack.configure({ verification: { mode: "always", timeoutSeconds }, metricPipelines: [goodPipeline(), ...faulty] });
    await stack.create();
    printed.push(await stack.up());
  });

  after(async () => {
    await stack.discard(backendNamespace);
  });

  it("exists for a good backend without any traffic, by canaries, whose name shows their purpose", async () => {
    assert.equal((await condition("good")).reason, "FlowHealthy");
    const names = (await good.counts()).map(({ name }) => name);
    assert.deepEqual(names, ["telemetry.canary"]);
  });

  for (const { name, cause, reason } of faults) {
    it(`finds ${cause} when the backend is ${name}`, async () => {
      const { status, reason: told, message } = await condition(name);
      assert.equal(status, "False", message);
      assert.match(told, reason);
      assert.ok(message.includes(causeWords[cause].what), message);
    });
  }

  it("is printed as a table at the end of the update", () => {
    assert.match(printed.join(""), /PIPELINE +CONFIGURATION +GATEWAY +AGENT +INPUTS +DATA +FLOW/);
    assert.match(printed.join(""), /metricPipelines\/good +ok +ok +ok +NothingPushed +ok +ok\n/);
    assert.match(
      printed.join(""),
      /metricPipelines\/down: .* nothing listens at its address\. .* Check that the backend/,
    );
  });

  it("is made again by each update, while a preview finds nothing to do", async () => {
    stack.configure({ verification: { mode: "always", timeoutSeconds }, metricPipelines: [goodPipeline()] });
    await stack.up();
    const pods = await gateways();
    const { code, output } = await stack.preview("--expect-no-changes");
    assert.equal(code, 0, output);
    await good.reset();
    assert.match(await stack.up(), /~ 1 updated/);
    assert.ok((await good.counts()).length > 0, "no canary came");
    assert.deepEqual(await gateways(), pods);
  });

  it("fails an update if the user wants that, changes nothing then, and passes the next update", async () => {
    const before = [await condition("good"), await condition("good", "GatewayHealthy")];
    stack.configure({ verification: { onUnhealthy: "fail", timeoutSeconds }, metricPipelines: [goodPipeline()] });
    await good.behave({ code: "UNAVAILABLE" });
    const pods = await gateways();
    await assert.rejects(stack.up(), (error: Error) => {
      printed.push(error.message);
      assert.match(error.message, /metricPipelines\/good: TelemetryFlowHealthy is False .*good\.e2e-backends:4317/);
      assert.match(error.message, /To go back, restore/);
      return true;
    });
    assert.deepEqual(await gateways(), pods);
    await good.behave({});
    await stack.up();
    const after = [await condition("good"), await condition("good", "GatewayHealthy")];
    assert.deepEqual(
      after.map(({ status }) => status),
      ["True", "True"],
    );
    assert.ok((after[0]?.since ?? "") > (before[0]?.since ?? ""), "the flow was bad in between");
    assert.equal(after[1]?.since, before[1]?.since, "the gateway was well all the time");
  });

  it("is brought up to date by a refresh", async () => {
    await good.behave({ code: "UNAVAILABLE" });
    printed.push(await stack.refresh());
    const { healthy } =
      (await stack.resourceOutputs<{ pipelines: PipelineStatus[] }>("BackendFlow")).pipelines[0] ?? {};
    assert.equal(healthy, false);
    await good.behave({});
  });

  it("reveals no credential", async () => {
    assert.deepEqual(leaksIn([...printed, await stack.state()].join("\n"), faultyCredentials), []);
  });
});
