import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { PipelineStatus } from "../../components/verification";
import { Backend, backendNamespace, type Item } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, everyObject, kubectl, nodeNames, pods } from "./support/kubectl";
import { makeNamespaces, probeImage, removeNamespaces, startProbes } from "./support/probe";
import { mayDo } from "./support/rights";
import { Stack } from "./support/stack";

const tenants = ["e2e-shop", "e2e-bank"] as const;
const count = 3000;
const agents = (): ReturnType<typeof pods> => pods("telemetry-logs", "telemetry-log-agent");

const pipeline = (tenant: string) => ({
  name: tenant,
  input: { otlp: { enabled: false }, runtime: { enabled: true, namespaces: { include: [tenant] } } },
  output: { otlp: { endpoint: { value: `${tenant}.${backendNamespace}:4317` }, tls: { insecure: true } } },
});

describe("container logs of two tenants", function () {
  this.timeout("12m");
  const stack = new Stack({
    // The proof ends earlier if it is certain.
    verification: { mode: "always", timeoutSeconds: 150 },
    logAgent: { seLinuxOptions: { type: "spc_t" } },
    logPipelines: tenants.map(pipeline),
  });
  let untouched: string[];
  let backends: readonly Backend[] = [];

  before(async () => {
    untouched = await everyObject();
    await makeNamespaces(backendNamespace, ...tenants);
    backends = await Promise.all(tenants.map((tenant) => Backend.start(tenant)));
    await runCrashingJob(tenants[0]);
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await stack.destroy();
    await removeNamespaces(backendNamespace, ...tenants);
    stack.dispose();
  });

  it("are read by one log agent on each node, which proves that both backends accept data", async () => {
    const nodes = (await agents()).map(({ spec }) => spec.nodeName).sort();
    assert.deepEqual(nodes, await nodeNames());
    for (const { pipeline, conditions } of await stack.output<readonly PipelineStatus[]>("pipelines")) {
      const of = (type: string): string | undefined => conditions.find((one) => one.type === type)?.reason;
      assert.deepEqual([of("AgentHealthy"), of("TelemetryFlowHealthy")], ["AgentReady", "FlowHealthy"], pipeline);
      assert.equal(of("GatewayHealthy"), undefined);
    }
  });

  it("are read with the SELinux label that the stack sets, which a node without SELinux ignores", async () => {
    const label = "{.items[*].spec.securityContext.seLinuxOptions.type}";
    const labels = await kubectl("-n", "telemetry-logs", "get", "pods", "-o", `jsonpath=${label}`);
    assert.deepEqual(
      labels.split(" "),
      (await nodeNames()).map(() => "spc_t"),
    );
  });

  it("arrive complete, at their own tenant, with metadata, although every log agent is killed meanwhile", async () => {
    const nodes = await nodeNames();
    await startProbes([
      ...tenants.map((namespace, i) => ({
        namespace,
        name: "writer",
        node: nodes[i % nodes.length],
        args: ["lines", `--count=${count}`, "--rate=100", ...(i === 0 ? ["--json"] : [])],
      })),
      // A log agent may start after a writer's last line, and the status then names its node as not read.
      ...tenants.map((namespace, i) => ({
        namespace,
        name: "steady",
        node: nodes[i % nodes.length],
        args: ["lines", "--count=100000", "--rate=1"],
      })),
      // This pod is the only one on its node, so the log agent there has no file open.
      { namespace: tenants[0], name: "silent", node: nodes[tenants.length], args: ["lines", "--count=0"] },
    ]);
    for (let round = 0; round < 2; round++) {
      await sleep(8000);
      await kubectl(
        ...["-n", "telemetry-logs", "delete", "pod", "-l", "app.kubernetes.io/name=telemetry-log-agent"],
        ...["--force", "--grace-period=0", "--wait=false"],
      );
    }
    await eventually(async () => {
      for (const [i, backend] of backends.entries()) {
        const items = await linesOf("writer", backend);
        assert.equal(new Set(items.map(({ value }) => value)).size, count, tenants[i]);
      }
    }, 120);
    for (const [i, backend] of backends.entries()) {
      for (const { resource } of await linesOf("writer", backend)) {
        assert.deepEqual(
          ["k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "service.name"].map((key) => resource[key]),
          [tenants[i], "writer", "probe", "writer"],
        );
      }
    }
  });

  it("are counted by the status, which names the node whose only container has been silent for a minute", async () => {
    const node = (await nodeNames())[tenants.length];
    assert.ok(node, "the cluster has too few nodes");
    await eventually(async () => {
      const inputs = (await stack.pipelineStatuses()).map(({ pipeline, conditions }) => {
        const { reason, message = "" } = conditions.find(({ type }) => type === "InputsHealthy") ?? {};
        return [pipeline, reason, message.replace(/read \d+ lines/, "read … lines")];
      });
      const read = "runtime: the log agents have read … lines for this pipeline since their pods started.";
      assert.deepEqual(inputs.sort(), [
        ["logPipelines/e2e-bank", "InputsHealthy", read],
        [
          "logPipelines/e2e-shop",
          "SomeNodesNotRead",
          `${read} The log agents have 0 files open, and have read no line for this pipeline, on 1 node with running ` +
            `containers of it: ${node} with 1 container, ${tenants[0]}/silent (probe). Check that these containers write ` +
            "lines, and that their nodes have files in /var/log/pods which root can read without capabilities, also by the " +
            "rules of SELinux (logAgent.seLinuxOptions): a log agent reports no error about a folder that it cannot read.",
        ],
      ]);
    }, 120);
  });

  it("of a pod that ended before there was a log agent arrive with its metadata", async () => {
    const [backend] = backends;
    assert.ok(backend);
    const lines = (await backend.items({ signal: "logs" })).filter(
      ({ resource }) => resource["k8s.job.name"] === "crashing",
    );
    assert.ok(lines.length > 0);
    for (const { resource } of lines) {
      assert.match(String(resource["k8s.pod.name"]), /^crashing-\w{5}$/);
      assert.deepEqual(
        ["k8s.namespace.name", "k8s.container.name", "service.name"].map((key) => resource[key]),
        [tenants[0], "probe", "crashing"],
      );
    }
  });

  it("of a pod that is deleted right after its last line arrive complete, with its metadata", async () => {
    const [, tenant] = tenants;
    const [, backend] = backends;
    assert.ok(backend);
    await startProbes([{ namespace: tenant, name: "leaving", args: ["lines", "--count=300", "--rate=100"] }]);
    // A busy machine takes longer than three seconds for the lines.
    await eventually(async () => {
      assert.equal((await kubectl("-n", tenant, "logs", "leaving", "--tail=1")).trim(), "line 299");
    });
    await kubectl("-n", tenant, "delete", "pod", "leaving", "--grace-period=1");
    await eventually(async () => {
      const lines = await linesOf("leaving", backend);
      assert.equal(lines.length, 300);
      for (const { resource } of lines)
        assert.deepEqual(
          ["k8s.namespace.name", "k8s.container.name", "service.name"].map((key) => resource[key]),
          [tenant, "probe", "leaving"],
        );
    }, 60);
  });

  it("are read by an account that may list and watch pods and nodes, and neither read Secrets and logs nor make pods", async () => {
    const rights = {
      yes: ["list pods", "watch pods", "list nodes", "watch nodes"],
      no: [
        ...["get secrets", "list secrets", "get configmaps", "list configmaps", "create pods", "delete pods"],
        ...["get pods --subresource=log", "create pods --subresource=exec", "get nodes --subresource=proxy"],
      ],
    };
    for (const [answer, questions] of Object.entries(rights))
      for (const question of questions)
        for (const where of ["--all-namespaces", "--namespace=telemetry-logs"])
          assert.equal(
            await mayDo("telemetry-logs:telemetry-log-agent", ...question.split(" "), where),
            answer,
            `${question} ${where}`,
          );
  });

  it("leave no log agent and none of its namespaces when no pipeline takes them", async () => {
    stack.configure({ logPipelines: tenants.map((tenant) => ({ ...pipeline(tenant), input: {} })) });
    await stack.up();
    await eventually(async () => {
      const left = (await everyObject()).filter((object) => object.includes("telemetry-log"));
      assert.deepEqual(
        left,
        untouched.filter((object) => object.includes("telemetry-log")),
      );
    }, 60);
  });
});

/** Returns the records of the lines of one pod. */
async function linesOf(pod: string, backend: Backend): Promise<Item[]> {
  const items = await backend.items({ signal: "logs" });
  return items.filter(({ resource }) => resource["k8s.pod.name"] === pod);
}

/** Runs a Job whose only pod logs an error and ends, and waits until it has ended. */
async function runCrashingJob(namespace: string): Promise<void> {
  const container = { name: "probe", image: probeImage, args: ["unknown"] };
  // A later test needs another node without lines.
  const [nodeName] = await nodeNames();
  const template = { spec: { nodeName, restartPolicy: "Never", containers: [container] } };
  const metadata = { name: "crashing", namespace };
  await apply({ apiVersion: "batch/v1", kind: "Job", metadata, spec: { backoffLimit: 0, template } });
  await kubectl("-n", namespace, "wait", "--for=condition=Failed", "job/crashing", "--timeout=150s");
}
