import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PipelineStatus } from "../../components/verification";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { nodeNames } from "../e2e/support/kubectl";
import { makeNamespaces, removeNamespaces } from "../e2e/support/probe";
import { Stack } from "../e2e/support/stack";

const policies = resolve(__dirname, "../../policy");

/** Returns the processes of checks that run on this machine for this checkout. */
function checks(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const command = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
        return command.includes("components/program.ts") && readFileSync(`/proc/${id}/environ`, "utf8").includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Returns the number of port-forwards up to now, by the audit log. Only checks make port-forwards. */
function portForwards(): number {
  const log = readFileSync(join(process.env.CLUSTER_STATE ?? "", "audit", "audit.log"), "utf8");
  const lines = log.split("\n").filter((line) => line.includes('"subresource":"portforward"'));
  return new Set(lines.map((line) => /"auditID":"([^"]+)"/.exec(line)?.[1])).size;
}

/** A variable in the environment of all processes that these tests start. */
const mark = `FLOW_OPERATIONS=${process.pid}`;

describe("the proof, however an update is run", function () {
  this.timeout("3m");
  const stack = new Stack({});
  const other = new Stack({});
  let backend: Backend;
  let elsewhere: Backend;

  const configuration = (backend: Backend, more: object = {}) => ({
    verification: { mode: "always" },
    validation: { mode: "off" },
    metricPipelines: [
      {
        name: "good",
        output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
      },
    ],
    ...more,
  });
  const flow = () => stack.resourceOutputs<{ pipelines: PipelineStatus[]; nonce: string }>("BackendFlow");
  const urnOf = async (type: string): Promise<string> => {
    const { deployment } = JSON.parse(await stack.state()) as {
      deployment: { resources: { urn: string; type: string }[] };
    };
    return deployment.resources.find((resource) => resource.type.endsWith(type))?.urn ?? assert.fail(type);
  };
  const canaries = async (to: Backend): Promise<number> =>
    (await to.counts()).reduce((sum, { items }) => sum + items, 0);

  before(async () => {
    await makeNamespaces(backendNamespace);
    [backend, elsewhere] = await Promise.all([Backend.start("one"), Backend.start("two")]);
    for (const each of [stack, other]) {
      const [name, value = ""] = mark.split("=");
      each.environment = { [name ?? ""]: value };
      await each.create();
    }
    stack.configure(configuration(backend));
    await stack.up();
  });

  after(async () => {
    await Promise.all([stack, other].map((each) => each.destroy()));
    for (const each of [stack, other]) each.dispose();
    await removeNamespaces(backendNamespace);
  });

  it("is neither made nor broken by a targeted update of another resource", async () => {
    await backend.reset();
    const before = await flow();
    const { code, output } = await stack.tryUp("--target", await urnOf("PriorityClass"));
    assert.equal(code, 0, output);
    assert.deepEqual(await flow(), before);
    assert.equal(await canaries(backend), 0);
  });

  it("is made by a targeted update of itself, with few requests for each node", async () => {
    const before = portForwards();
    const { code, output } = await stack.tryUp("--target", await urnOf("BackendFlow"));
    assert.equal(code, 0, output);
    assert.match(output, /metricPipelines\/good +ok/);
    assert.ok((await canaries(backend)) > 0);
    const forwards = portForwards() - before;
    // Nine if each canary has arrived by the next look.
    assert.ok(forwards > 0 && forwards <= 18 * (await nodeNames()).length, `${forwards} port-forwards`);
  });

  it("is made by an update that refreshes first and that the policy pack judges", async () => {
    await backend.reset();
    const judged = ["--policy-pack", policies, "--policy-pack-config", join(policies, "config/dev.json")];
    const { code, output } = await stack.tryUp("--refresh", ...judged);
    assert.equal(code, 0, output);
    assert.match(output, /✅ telemetry@/);
    assert.match(output, /metricPipelines\/good +ok/);
    assert.ok((await canaries(backend)) > 0);
  });

  it("is each stack's own where two update the same cluster at the same time", async () => {
    other.configure(configuration(elsewhere, { namespace: "telemetry-other" }));
    await Promise.all([backend, elsewhere].map((each) => each.reset()));
    const printed = await Promise.all([stack.up(), other.up()]);
    for (const output of printed) assert.match(output, /metricPipelines\/good +ok/);
    for (const each of [backend, elsewhere]) assert.ok((await canaries(each)) > 0);
  });

  it("completes in an update that is interrupted, because the engine waits for it", async () => {
    const { code, output } = await stack.interruptedUp(() => checks().length > 0, 1);
    assert.notEqual(code, 0);
    assert.match(output, /update canceled/);
    assert.deepEqual(checks(), []);
    assert.equal((await flow()).pipelines[0]?.healthy, true);
  });

  it("ends at once in an update that is interrupted twice, and the next update succeeds", async () => {
    await backend.behave({ hang: true });
    const { code, output } = await stack.interruptedUp(() => checks().length > 0, 2);
    assert.notEqual(code, 0, output);
    assert.doesNotMatch(output, /Status of the pipelines/);
    await eventually(() => Promise.resolve(assert.deepEqual(checks(), [])), 20);
    await backend.behave({});
    await stack.unlock();
    assert.match(await stack.up(), /metricPipelines\/good +ok/);
  });
});
