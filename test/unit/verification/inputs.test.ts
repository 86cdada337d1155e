import assert from "node:assert/strict";
import { inputs, type AnnotatedObject } from "../../../components/inputs";
import type { InputEvidence, ScrapedTarget } from "../../../components/verification/input-evidence";
import { lookAtInputs } from "../../../components/verification/look-at-inputs";
import type { Cluster } from "../../../components/verification/cluster";
import {
  judgeInputs,
  receiverError,
  readTargets,
  type WantedInputs,
} from "../../../components/verification/input-status";

const nothing: InputEvidence = { targets: [], kubelets: [], annotated: [], nodes: [] };

const scraped = (pod: string, change: Partial<ScrapedTarget> = {}): ScrapedTarget => ({
  input: "prometheus",
  url: `http://10.0.0.1:9100/metrics?${pod}`,
  namespace: "shop",
  pod,
  health: "up",
  error: "",
  ...change,
});
const down = (pod: string, error = "connection refused"): ScrapedTarget => scraped(pod, { health: "down", error });

const web: AnnotatedObject = {
  kind: "Pod",
  namespace: "shop",
  name: "web",
  annotations: { scrape: "true" },
  ports: [{ name: "http", protocol: "TCP" }],
  pods: [{ node: "node1", isAnnotated: true, ports: [] }],
};
const annotated = (name: string, annotations: AnnotatedObject["annotations"]): AnnotatedObject => ({
  ...web,
  name,
  annotations: { scrape: "true", ...annotations },
});

const judged = (evidence: Partial<InputEvidence>, wanted: WantedInputs = { prometheus: {} }) =>
  judgeInputs(wanted, { ...nothing, ...evidence });

describe("the inputs of a pipeline", () => {
  it("have no condition in a pipeline that collects nothing", () => {
    assert.equal(judgeInputs({}, nothing), undefined);
  });

  it("are healthy if all targets are up", () => {
    assert.deepEqual(judged({ targets: [scraped("a"), scraped("b")] }), {
      type: "InputsHealthy",
      status: "True",
      reason: "InputsHealthy",
      message: "prometheus: 2 of 2 targets up.",
    });
  });

  it("name targets that are down, three at most, with the reason, and stay healthy", () => {
    const targets = [scraped("good"), ...["a", "b", "c", "d"].map((pod) => down(pod, `Get "http://x/y": no route`))];
    assert.deepEqual(judged({ targets }), {
      type: "InputsHealthy",
      status: "True",
      reason: "SomeTargetsDown",
      message:
        "prometheus: 1 of 5 targets up; down: shop/a (http://10.0.0.1:9100/metrics?a: no route), " +
        "shop/b (http://10.0.0.1:9100/metrics?b: no route), shop/c (http://10.0.0.1:9100/metrics?c: no route) and 1 more.",
    });
  });

  it("name the remedy for samples with more labels than a monitor allows", () => {
    const error = "label_limit exceeded (metric: up, number of labels: 43, limit: 40)";
    const { message } = judged({ targets: [scraped("good"), down("mapped", error)] }) ?? assert.fail();
    assert.match(
      message,
      /drops the whole response: labelLimit and labelValueLengthLimit of the monitor set the limits\.$/,
    );
  });

  it("name the remedy for answers that are too large", () => {
    const targets = [scraped("good"), down("large", "body size limit exceeded")];
    assert.match(judged({ targets })?.message ?? "", /metric\.prometheus\.limits raises the limits\.$/);
  });

  it("are unhealthy when no target is up", () => {
    const judgement = judged({ targets: [down("a")] });
    assert.deepEqual([judgement?.status, judgement?.reason], ["False", "AllTargetsDown"]);
  });

  it("are unhealthy if objects are annotated and no target is scraped", () => {
    const wrong = annotated("metrics", { port: "metricz" });
    assert.deepEqual(judged({ annotated: [web, wrong] }), {
      type: "InputsHealthy",
      status: "False",
      reason: "NoTargets",
      message:
        "prometheus: no target is scraped, although 2 Pods and Services in its namespaces are annotated. Not scraped: " +
        'Pod shop/metrics (prometheus.io/port: "metricz": the Pod has no port "metricz"; its ports are http).',
    });
    assert.equal(
      judged({ annotated: [web] })?.message,
      "prometheus: no target is scraped, although 1 Pod or Service in its namespaces is annotated. " +
        "Wait for one interval, and read the agent's log.",
    );
  });

  it("name every annotated object that is not scraped beside others, with the annotation at fault", () => {
    const yes = annotated("asks-otherwise", { scrape: "yes" });
    const away: AnnotatedObject = { ...web, name: "away", pods: [{ node: "node2", isAnnotated: true, ports: [] }] };
    assert.deepEqual(judged({ targets: [scraped("web")], annotated: [web, yes, away], nodes: ["node1"] }), {
      type: "InputsHealthy",
      status: "True",
      reason: "SomeObjectsNotScraped",
      message:
        'prometheus: 1 of 1 targets up; not scraped: Pod shop/asks-otherwise (prometheus.io/scrape: "yes" is not "true"), ' +
        "Pod shop/away (no ready agent runs on node node2).",
    });
    const many = Array.from({ length: 30 }, (_, i) => annotated(`wrong-${i}`, { scheme: "tcp" }));
    assert.match(judged({ targets: [scraped("web")], annotated: many })?.message ?? "", /and 10 more\.$/);
  });

  it("name a Service without a selector that has no target, unless agents were not read", () => {
    const service: AnnotatedObject = {
      ...annotated("db", {}),
      kind: "Service",
      ports: [],
      pods: [],
      leadsTo: "endpointSlices",
    };
    const other = scraped("web", { service: "web" });
    const missed =
      'Service shop/db (prometheus.io/scrape: "true" adds no target: the Service has no selector, so each ' +
      "endpoint in its EndpointSlices must name a running Pod in targetRef, which must not be annotated itself).";
    assert.deepEqual(judged({ targets: [other], annotated: [service] }), {
      type: "InputsHealthy",
      status: "True",
      reason: "SomeObjectsNotScraped",
      message: `prometheus: 1 of 1 targets up; not scraped: ${missed}`,
    });
    assert.deepEqual(judged({ annotated: [service] }), {
      type: "InputsHealthy",
      status: "False",
      reason: "NoTargets",
      message:
        "prometheus: no target is scraped, although 1 Pod or Service in its namespaces is annotated. " +
        `Not scraped: ${missed}`,
    });
    const well = { type: "InputsHealthy", status: "True", reason: "InputsHealthy" };
    assert.deepEqual(judged({ targets: [other, scraped("db-0", { service: "db" })], annotated: [service] }), {
      ...well,
      message: "prometheus: 2 of 2 targets up.",
    });
    assert.deepEqual(judged({ targets: [other], annotated: [service], isPartial: true }), {
      ...well,
      message:
        "prometheus: 1 of 1 targets up; some ready agents did not answer in time, so their targets do not count.",
    });
  });

  it("call no node without an agent if agents did not answer", () => {
    const away: AnnotatedObject = { ...web, name: "away", pods: [{ node: "node2", isAnnotated: true, ports: [] }] };
    const wrong = annotated("wrong", { scrape: "yes" });
    const silent = "prometheus: some ready agents did not answer in time, and no other agent has a target.";
    const pending = { type: "InputsHealthy", status: "Unknown", reason: "InputsPending" };
    const evidence = { nodes: ["node1"], isPartial: true };
    assert.deepEqual(judged({ ...evidence, annotated: [away] }), { ...pending, message: silent });
    assert.deepEqual(judged({ ...evidence, annotated: [away, wrong] }), {
      ...pending,
      message: `${silent} Not scraped: Pod shop/wrong (prometheus.io/scrape: "yes" is not "true").`,
    });
    assert.deepEqual(judged({ ...evidence, annotated: [away], targets: [scraped("web")] }), {
      type: "InputsHealthy",
      status: "True",
      reason: "InputsHealthy",
      message:
        "prometheus: 1 of 1 targets up; some ready agents did not answer in time, so their targets do not count.",
    });
  });

  it("are unknown if nothing is annotated, or nothing was scraped yet", () => {
    assert.equal(judged({})?.status, "Unknown");
    assert.equal(judged({ targets: [scraped("a", { health: "unknown" })] })?.reason, "InputsPending");
  });

  it("are about the namespaces that the pipeline wants", () => {
    const wanted: WantedInputs = { prometheus: { exclude: ["lab"] } };
    const targets = [scraped("a"), { ...down("b"), namespace: "lab" }];
    assert.equal(judged({ targets }, wanted)?.message, "prometheus: 1 of 1 targets up.");
    assert.equal(judged({ annotated: [{ ...web, namespace: "lab" }] }, wanted)?.status, "Unknown");
  });

  it("name targets that are scraped more than once", () => {
    const targets = [
      scraped("a", { url: "http://10.0.0.1:9100/metrics" }),
      scraped("b", { url: "http://10.0.0.1:9100/metrics" }),
    ];
    assert.match(judged({ targets })?.message ?? "", /scraped more than once: http:\/\/10\.0\.0\.1:9100\/metrics/);
  });

  it("are unhealthy if kubelets cannot be read, with a remedy for certificates", () => {
    const kubelets = [
      { pod: "agent-1", points: 300 },
      { pod: "agent-2", points: 0, error: "tls: failed to verify certificate: x509: unknown authority" },
    ];
    assert.deepEqual(judged({ kubelets }, { kubelet: {} }), {
      type: "InputsHealthy",
      status: "False",
      reason: "KubeletUnreachable",
      message:
        "runtime: 1 of 2 kubelets cannot be read (agent-2): tls: failed to verify certificate: x509: unknown authority." +
        " If the kubelets sign their own certificates, set metric.runtime.kubelet.insecureSkipVerify: true.",
    });
  });

  it("are unhealthy if a kubelet can no longer be read", () => {
    const kubelets = [{ pod: "agent-1", points: 300, error: "connection refused" }];
    const judgement = judged({ kubelets }, { kubelet: {} });
    assert.deepEqual([judgement?.status, judgement?.reason], ["False", "KubeletUnreachable"]);
    assert.match(
      judgement?.message ?? "",
      /^runtime: 1 of 1 kubelets cannot be read \(agent-1\): connection refused\.$/,
    );
  });

  it("show the whole refusal of a kubelet, and the remedy for the right that is missing", () => {
    const told = (error: string): string =>
      judged({ kubelets: [{ pod: "agent", points: 0, error }] }, { kubelet: {} })?.message ?? "";
    const forbidden = (path: string, subresource: string): string =>
      `kubelet request GET https://192.168.112.113:10250${path} failed - "403 Forbidden", response: "Forbidden ` +
      "(user=system:serviceaccount:telemetry:telemetry-metric-agent, verb=get, resource=nodes, " +
      `subresource=${subresource})"`;
    assert.equal(
      told(forbidden("/pods", "proxy")),
      `runtime: 1 of 1 kubelets cannot be read (agent): ${forbidden("/pods", "proxy")}. ` +
        "Kubelets before Kubernetes 1.33 give their pods only to those who may run commands in them. Update the nodes, or set " +
        "input.runtime.resources.volume.enabled: false and take the metrics with _utilization out of additionalMetrics.",
    );
    assert.equal(
      told(forbidden("/stats/summary", "stats")),
      `runtime: 1 of 1 kubelets cannot be read (agent): ${forbidden("/stats/summary", "stats")}. ` +
        "The agent's ClusterRole or its binding was changed: run pulumi up --refresh.",
    );
    assert.match(told('failed - "401 Unauthorized", response: "Unauthorized"'), / Turn on authentication\.webhook in /);
  });

  it("have a remedy for targets that require credentials", () => {
    const refusal = (input: string): string =>
      judged(
        { targets: [scraped("a", { input }), { ...down("b", "server returned HTTP status 403 Forbidden"), input }] },
        { [input]: {} },
      )?.message ?? "";
    assert.equal(
      refusal("prometheus"),
      "prometheus: 1 of 2 targets up; down: shop/b (http://10.0.0.1:9100/metrics?b: server returned HTTP status 403 " +
        "Forbidden). Write the right token for their namespace in metric.prometheus.bearerTokens, let these targets serve " +
        "their metrics without a login, or remove their annotations.",
    );
    assert.match(
      refusal("api-server"),
      /\. The agent's ClusterRole or its binding was changed: run pulumi up --refresh\.$/,
    );
  });

  it("have a remedy for targets with a token that redirect", () => {
    const redirect = down("b", "server returned HTTP status 302 Found");
    assert.match(
      judged({ targets: [scraped("a"), redirect] }, { prometheus: {} })?.message ?? "",
      /\. To targets in namespaces of metric\.prometheus\.bearerTokens, the agent follows no redirect: name the scheme and path of the metrics in the annotations\.$/,
    );
  });

  it("name the setting for targets on the network of their node, which a NetworkPolicy may keep away", () => {
    const timeout = 'Get "http://10.0.0.1:9100/metrics": context deadline exceeded';
    const node = (error: string): string =>
      judged({ targets: [scraped("a"), { ...down("b", error), onNodeNetwork: true }] })?.message ?? "";
    assert.match(
      node(timeout),
      /\. A target on the network of its node needs the node's address in metric\.prometheus\.hostNetworks: the agent's NetworkPolicy lets it reach pods only\.$/,
    );
    assert.doesNotMatch(node("connection refused"), /hostNetworks/);
    assert.doesNotMatch(judged({ targets: [down("b", timeout)] })?.message ?? "", /hostNetworks/);
  });

  it("name the setting for targets whose certificate is not trusted", () => {
    const error = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    assert.match(
      judged({ targets: [down("a", error)] })?.message ?? "",
      /\. Targets with https are verified by metric\.prometheus\.tls: set ca to the authority that signs their certificates, and serverName to the name in them, or set insecureSkipVerify: true\.$/,
    );
    const monitored = { ...down("a", error), input: "prometheus-operator", job: "m" };
    const monitor = {
      kind: "PodMonitor",
      namespace: "shop",
      name: "m",
      job: "m",
      selector: {},
      portOf: "container",
    } as const;
    assert.match(
      judgeInputs(
        { "prometheus-operator": {} },
        { ...nothing, targets: [monitored] },
        { targets: [monitor], problems: [] },
      )?.message ?? "",
      /\. Set ca and serverName in the tlsConfig of the monitor's endpoint\.$/,
    );
  });

  it("have the remedy for each kind of error, each once", () => {
    const untrusted = "x509: certificate signed by unknown authority";
    const limit = "sample limit exceeded";
    const targets = [down("a", untrusted), down("b", limit), down("c", untrusted)];
    assert.match(
      judged({ targets })?.message ?? "",
      /\)\. Targets with https .* insecureSkipVerify: true\. Responses that are too large .* raises the limits\.$/,
    );
  });

  it("never repeat a value of a target's query that its name shows to be a credential", () => {
    const target = { ...down("a", "HTTP status 404"), url: "http://10.0.0.1/metrics?format=text&api_key=hunter2" };
    const object = annotated("web", { path: "/metrics?token=hunter2" });
    const { message = "" } = judged({ targets: [target, scraped("b")], annotated: [object] }) ?? {};
    assert.doesNotMatch(message, /hunter2/);
    assert.match(message, /\(http:\/\/10\.0\.0\.1\/metrics\?format=text&api_key=…: HTTP status 404\)/);
    assert.match(message, /prometheus\.io\/path: "\/metrics\?token=…" has a query/);
  });

  it("name the address family of the nodes if kubelets were reached by the other one", () => {
    const told = (error: string): string =>
      judged({ kubelets: [{ pod: "agent", points: 0, error }] }, { kubelet: {} })?.message ?? "";
    assert.match(told('parse "https://fd00::1:10250": invalid port "::1:10250" after host'), /ipFamily: IPv6\.$/);
    assert.match(told('parse "https://[10.0.0.1]:10250": invalid IP-literal'), /ipFamily: IPv4\.$/);
    assert.doesNotMatch(told("connection refused"), /ipFamily/);
  });

  it("name what can keep an agent from the kubelet of its node", () => {
    const error = 'Get "https://10.0.0.1:10250/stats/summary": dial tcp 10.0.0.1:10250: i/o timeout';
    assert.match(
      judged({ kubelets: [{ pod: "agent", points: 0, error }] }, { kubelet: {} })?.message ?? "",
      /i\/o timeout\. Pods must reach port 10250 of their node: check its firewall, and NetworkPolicies that are not of this stack\.$/,
    );
  });

  it("have the status of the worst input, and a message about all", () => {
    const kubelets = [{ pod: "agent", points: 5 }];
    assert.deepEqual(judged({ kubelets, targets: [down("a")] }, { prometheus: {}, kubelet: {} }), {
      type: "InputsHealthy",
      status: "False",
      reason: "AllTargetsDown",
      message:
        "prometheus: 0 of 1 targets up; down: shop/a (http://10.0.0.1:9100/metrics?a: connection refused). " +
        "runtime: 1 of 1 kubelets read.",
    });
  });
});

describe("the collectors' reports about their inputs", () => {
  it("are read from the scraper's interface", () => {
    const discoveredLabels = { __meta_kubernetes_namespace: "shop", __meta_kubernetes_pod_name: "web-1" };
    const text = JSON.stringify({
      status: "success",
      data: { activeTargets: [{ discoveredLabels, scrapeUrl: "http://a/metrics", health: "down", lastError: "no" }] },
    });
    assert.deepEqual(readTargets("istio", text), [
      { input: "istio", url: "http://a/metrics", namespace: "shop", pod: "web-1", health: "down", error: "no" },
    ]);
    const inMesh = { ...discoveredLabels, __meta_kubernetes_pod_label_security_istio_io_tlsMode: "istio" };
    const [target] = readTargets("istio", text.replace(JSON.stringify(discoveredLabels), JSON.stringify(inMesh)));
    assert.equal(target?.inMesh, true);
    const onNode = {
      ...discoveredLabels,
      __meta_kubernetes_pod_ip: "10.0.0.1",
      __meta_kubernetes_pod_host_ip: "10.0.0.1",
    };
    const [ofNode] = readTargets("istio", text.replace(JSON.stringify(discoveredLabels), JSON.stringify(onNode)));
    assert.equal(ofNode?.onNodeNetwork, true);
    const behind = { ...discoveredLabels, __meta_kubernetes_service_name: "web" };
    const [other] = readTargets("istio", text.replace(JSON.stringify(discoveredLabels), JSON.stringify(behind)));
    assert.equal(other?.service, "web");
  });

  it("are marked as partial if an agent does not answer", async () => {
    const cluster = {
      ask: (_namespace: string, pod: string) =>
        pod === "agent-2" ? Promise.reject(new Error("no answer")) : Promise.resolve('{"data":{"activeTargets":[]}}'),
      annotated: () => Promise.resolve([]),
      crowded: () => Promise.resolve([]),
    } as unknown as Cluster;
    const collector = { kind: "agent", workload: "DaemonSet", name: "agent", inputs: ["prometheus"] } as const;
    const look = (...pods: string[]) =>
      lookAtInputs(
        cluster,
        { namespace: "telemetry" },
        pods.map((pod) => ({ collector, pod, node: `node-of-${pod}` })),
        Date.now() + 5000,
      );
    const answered = {
      targets: [],
      kubelets: [],
      annotated: [],
      monitored: [],
      crowded: [],
      nodes: ["node-of-agent-1"],
    };
    assert.deepEqual(await look("agent-1"), answered);
    assert.deepEqual(await look("agent-1", "agent-2"), { ...answered, isPartial: true });
  });

  it("are marked as partial if an agent answers for some of its inputs only", async () => {
    const other = inputs.find(({ name }) => name === "prometheus-operator")?.health;
    assert.ok(other?.kind === "targets");
    const cluster = {
      ask: (_namespace: string, _pod: string, port: number) =>
        port === other.port ? Promise.reject(new Error("no answer")) : Promise.resolve('{"data":{"activeTargets":[]}}'),
      annotated: () => Promise.resolve([]),
      crowded: () => Promise.resolve([]),
    } as unknown as Cluster;
    const collector = {
      kind: "agent",
      workload: "DaemonSet",
      name: "agent",
      inputs: ["prometheus", "prometheus-operator"],
    } as const;
    const pods = [{ collector, pod: "agent-1", node: "node1" }];
    const evidence = await lookAtInputs(cluster, { namespace: "telemetry" }, pods, Date.now() + 5000);
    const nothingElse = { targets: [], kubelets: [], annotated: [], monitored: [], crowded: [] };
    assert.deepEqual(evidence, { ...nothingElse, nodes: [], isPartial: true });
  });

  it("have the last error of the kubelet's receiver, and of no other", () => {
    const line = (component: string, error: string, msg = "Error scraping metrics"): string =>
      JSON.stringify({ level: "error", msg, "otelcol.component.id": component, error });
    const partly = line("kubeletstats", "no claim", "Failed to gather additional volume metadata");
    const log = [
      line("kubeletstats", "first"),
      line("kubeletstats", "last"),
      line("otlp/a", "other"),
      partly,
      "no JSON",
    ];
    assert.equal(receiverError("kubeletstats", log.join("\n")), "last");
    assert.equal(receiverError("kubeletstats", partly), undefined);
    assert.equal(receiverError("kubeletstats", "I1122 started"), undefined);
  });
});
