import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { policies } from "../../policy/rules";
import { apply, kubectl } from "./support/kubectl";
import { operatorDefinition } from "./support/operator-definitions";
import { Stack } from "./support/stack";

const root = join(__dirname, "../..");
const fixture = join(__dirname, "fixtures/violations");

async function judge(stack: Stack, policyConfig: string): Promise<{ code: number; output: string }> {
  try {
    await stack.create();
    return await stack.judgedPreview(policyConfig);
  } finally {
    stack.dispose();
  }
}

/** Returns a stack with the configuration of an environment in the checkout. */
function environment(name: string, more: Readonly<Record<string, unknown>> = {}): Stack {
  const { config } = parse(readFileSync(join(root, `Pulumi.${name}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const own = Object.entries(config).map(([key, value]) => [key.replace("telemetry:", ""), value] as const);
  return new Stack({ ...Object.fromEntries(own), ...more });
}

describe("the policy pack, on the real engine", function () {
  this.timeout("6m");

  it("passes the development environment, and reports its judgements", async () => {
    const { code, output } = await judge(environment("dev"), join(root, "policy/config/dev.json"));
    assert.equal(code, 0, output);
    assert.match(output, /✅ telemetry@v[\d.]+ \(local: .*policy\)/);
    assert.match(output, /Policy report: \d+ of 18 rules judged \d+ resources/);
    assert.match(output, /switched off: .*image-digests, .*backend-tls.*protected-namespace/);
  });

  it("passes the production environment with the Secrets it refers to, already in the first preview", async () => {
    const metadata = { name: "backend", namespace: "telemetry-secrets" };
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: metadata.namespace } });
    const stringData = { user: "me", password: "hunter2" };
    await apply({ apiVersion: "v1", kind: "Secret", metadata, stringData });
    const definitions = [
      operatorDefinition("PodMonitor", "podmonitors"),
      operatorDefinition("PrometheusRule", "prometheusrules"),
    ];
    for (const definition of definitions) await apply(definition);
    try {
      const stack = environment("prod", { monitoring: { mode: "on" } });
      const { code, output } = await judge(stack, join(root, "policy/config/prod.json"));
      assert.match(output, /monitoring\.coreos\.com\/v1:PrometheusRule/);
      assert.equal(code, 0, output);
      assert.match(output, /✅ telemetry@/);
      assert.doesNotMatch(output, /advisory|can't run policy|hunter2/);
      // The gateway's configuration, those of the agent on nodes and of the cluster's state, and the merged Secret.
      assert.match(output, /backend-hosts: 4 judged\n/);
      assert.match(output, /queue-budget: 3 judged\n/);
      assert.match(output, /scrape-limits: 1 judged\n/);
      assert.match(output, /protected-namespace: 1 judged\n/);
    } finally {
      await kubectl("delete", "namespace", metadata.namespace);
      await kubectl("delete", ...definitions.map(({ metadata: { name } }) => `crd/${name}`));
    }
  });

  it("passes a stack with container logs, whose log agent and namespaces it finds by the program's components", async () => {
    const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
    const stack = new Stack({ logPipelines: [{ name: "logs", input: { runtime: { enabled: true } }, output }] });
    const { code, output: shown } = await judge(stack, join(root, "policy/config/dev.json"));
    assert.equal(code, 0, shown);
    assert.match(shown, /restricted-pods: 2 judged\n/);
    assert.match(shown, /restricted-namespaces: 2 judged\n/);
  });

  it("passes the manager's own stack in the production environment", async () => {
    const manager = {
      stack: "prod",
      image: `registry.example.com/telemetry-manager@sha256:${"0".repeat(64)}`,
      environment: { PULUMI_CONFIG_PASSPHRASE: "hunter2" },
    };
    const { code, output } = await judge(new Stack({ manager }), join(root, "policy/config/prod.json"));
    assert.equal(code, 0, output);
    assert.match(output, /✅ telemetry@/);
    assert.match(output, /restricted-pods: 1 judged\n/);
    assert.match(output, /rbac-least-privilege: \d+ judged\n/);
  });

  it("refuses violations of its rules, each with the text to write instead", async () => {
    const { code, output } = await judge(new Stack({}, fixture), join(fixture, "policy.json"));
    assert.notEqual(code, 0);
    const messages: Record<string, string> = {
      "restricted-pods": "spec.template.spec.hostNetwork is true. Remove it: telemetry does not need the host.",
      "restricted-namespaces":
        "'gateway' is in this namespace, whose label pod-security.kubernetes.io/enforce is privileged. " +
        "Move it, or set the label to restricted.",
      "container-resources": "container 'collector': set resources.limits.memory.",
      "image-digests": "container 'collector': image collector:1 has no digest. Use NAME@sha256:…",
      "surge-rollout":
        "set spec.updateStrategy.rollingUpdate.maxUnavailable to 0. Otherwise a node has no gateway during an update.",
      "queue-budget": "the queues of 1 exporters may take 5723 MiB, more than 50 % of the memory limit of 0 MiB",
      "node-local-gateway-service": "set spec.internalTrafficPolicy to Local. Each node has its own gateway.",
      "network-policies": "spec.egress[0] of NetworkPolicy 'gateway' opens (nearly) every destination",
      "rbac-least-privilege": "rules[1]: resources has nodes/proxy. Remove it",
      "rbac-computed-rights": "rules[1]: the gateway has the right to get secrets, which no input needs. Remove it.",
      "no-literal-credentials": "metricPipelines[0].output.otlp.tls.key is text in the configuration",
      "merged-secret-immutable": "set immutable to true. A changed credential then makes a new Secret",
      "merged-secret-readers": "rules[1] lets its subjects read the merged Secret",
      "certificate-expiry":
        "metricPipelines[a].output.otlp.tls.cert (key metric_a_tls.cert of the merged Secret) has a certificate that expires on",
      "backend-tls": "exporter 'otlp/a' sends without TLS. Change output.otlp.endpoint to https://",
      "backend-hosts":
        "exporter 'otlp/a' sends to elsewhere.example.net. Change output.otlp.endpoint to one of otlp.example.com",
      "scrape-limits":
        "receiver 'prometheus/pods', job 'pods': set sample_limit (metric.prometheus.limits.samples) to at most 50000.",
      "protected-namespace": "set telemetry:protect to true in the stack's configuration.",
    };
    const rules = policies.map(({ name }) => name).filter((name) => name !== "report");
    assert.deepEqual(Object.keys(messages), rules, "every rule is tried");
    for (const [rule, message] of Object.entries(messages)) {
      const escaped = message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const shown = new RegExp(`\\[mandatory\\] .*${rule} .*(?:\\n {10}.*)*\\n {10}${escaped}`);
      assert.match(output, shown, `${rule}: ${message}\n${output}`);
    }
    assert.doesNotMatch(output, /hunter2/);
    assert.doesNotMatch(output, /can't run policy/);
  });
});
