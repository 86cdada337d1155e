import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pipelineModels, planCollectors } from "../../components/plan";
import { plan, stack, withEndpoint } from "../../test/unit/helpers/monitors";
import { expiryViolations } from "../rules/certificate-expiry";
import { mergedSecretReaders } from "../rules/merged-secret-readers";
import { noLiteralCredentials } from "../rules/no-literal-credentials";
import { scrapeLimits } from "../rules/scrape-limits";
import { judge, type Given } from "./judge";
import { mergedSecret } from "./good-objects";

const password = "hunter2-correct-horse";
const reference = (key: string) => ({ name: "login", key });

/** The ConfigMap of the agents, with so many equal monitors. */
function agentWith(endpoint: object, count = 1, spec: object = {}, change = (text: string) => text): Given {
  const parsed = stack({ allowSecretsFrom: ["shop"] });
  const monitors = Array.from({ length: count }, (_, i) => ({
    ...withEndpoint("ServiceMonitor", endpoint, spec),
    name: `orders-${i}`,
  }));
  const { jobs } = plan(parsed, monitors, { "Secret/shop/login": { user: "me", password } });
  assert.equal(jobs.length, count);
  const [agent] = planCollectors(pipelineModels(parsed.pipelines), parsed.settings, {
    mesh: false,
    namespace: "telemetry",
    monitorJobs: jobs,
  }).filter(({ kind }) => kind === "agent");
  return {
    type: "core/v1:ConfigMap",
    props: { metadata: { name: "agent" }, data: { "relay.yaml": change(agent?.configuration ?? "") } },
  };
}
const withLogin = { basicAuth: { username: reference("user"), password: reference("password") } };

describe("the policy pack about monitors of the Prometheus Operator", () => {
  it("accepts credentials from Secrets, which the configuration names only as files", () => {
    const agent = agentWith(withLogin);
    assert.ok(!JSON.stringify(agent).includes(password));
    assert.deepEqual(judge(noLiteralCredentials, agent), { messages: [] });
    assert.deepEqual(judge(scrapeLimits, agent), { messages: [] });
  });

  it("rejects texts of a monitor in places for credentials, and names the monitor", () => {
    const place = "receivers.prometheus/prometheus-operator.config.scrape_configs.0";
    const remedy =
      "of the collector's configuration is text. Move it to a Secret, and reference it with basicAuth, authorization or oauth2.";
    // The program itself does not scrape an endpoint with such a parameter.
    const withParameter = (endpoint: object, name: string): Given =>
      agentWith(endpoint, 1, {}, (text) => text.replace("other:", `${name}:`));
    for (const name of ["token", "api-key", "client_secret", "sig"]) {
      assert.deepEqual(
        judge(noLiteralCredentials, withParameter({ params: { other: ["x"], format: ["a"] } }, name)).messages,
        [`${place}.params.${name} (ServiceMonitor shop/orders-0) ${remedy}`],
      );
    }
    const oauth2 = {
      clientId: { secret: reference("user") },
      clientSecret: reference("password"),
      tokenUrl: "https://login.shop/token",
      endpointParams: { other: "x" },
    };
    assert.deepEqual(judge(noLiteralCredentials, withParameter({ oauth2 }, "password")).messages, [
      `${place}.oauth2.endpoint_params.password (ServiceMonitor shop/orders-0) ${remedy}`,
    ]);
  });

  it("names the namespace of monitors whose certificate ends soon", () => {
    const certificate = readFileSync(join(__dirname, "../../test/unit/settings/certificates/client.pem"), "utf8");
    const secret = mergedSecret({ monitor_shop_0123456789abcdef: certificate });
    const end = new X509Certificate(certificate).validToDate;
    assert.deepEqual(expiryViolations(secret, { days: 30 }, end), [
      "a ServiceMonitor or PodMonitor in the namespace shop (key monitor_shop_0123456789abcdef of the merged Secret) has a " +
        `certificate that expires on ${end.toISOString().slice(0, 10)}, in less than 30 days. Renew it in its source.`,
    ]);
  });

  it("judges each of hundreds of jobs, whose configuration has equal parts as aliases", () => {
    const agent = agentWith({}, 150);
    assert.match(JSON.stringify(agent), /\*a1\b/);
    const { messages } = judge(scrapeLimits, agent, { mostSamples: 1000 });
    assert.equal(messages.length, 150);
    assert.equal(
      messages[149],
      "receiver 'prometheus/prometheus-operator', job 'serviceMonitor/shop/orders-149/0': set sample_limit (metric.prometheus.limits.samples) to at most 1000.",
    );
    assert.deepEqual(judge(scrapeLimits, agentWith({}, 1, { sampleLimit: 500 }), { mostSamples: 1000 }).messages, []);
  });

  it("lets the manager read all Secrets of a monitor's namespace, but not of that with the merged Secret", () => {
    const role = (namespace: string): Given => ({
      type: "rbac.authorization.k8s.io/v1:Role",
      props: {
        metadata: { name: "manager", namespace },
        rules: [{ apiGroups: [""], resources: ["secrets", "configmaps"], verbs: ["get", "list", "watch"] }],
      },
    });
    assert.deepEqual(judge(mergedSecretReaders, [role("shop"), mergedSecret()]).messages, []);
    assert.deepEqual(judge(mergedSecretReaders, [role("telemetry"), mergedSecret()]).messages, [
      "rules[0] lets its subjects read the merged Secret. Remove secrets, or list the required Secrets in resourceNames.",
    ]);
  });
});
