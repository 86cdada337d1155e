import assert from "node:assert/strict";
import type { MonitorProblem, MonitorTarget } from "../../../components/inputs";
import type { InputEvidence, ScrapedTarget } from "../../../components/verification/input-evidence";
import { judgeInputs, type WantedInputs } from "../../../components/verification/input-status";
import { monitoredJobs, type MonitoredPod } from "../../../components/verification/read-monitored";

const monitor = (name: string, change: Partial<MonitorTarget> = {}): MonitorTarget => ({
  kind: "ServiceMonitor",
  namespace: "shop",
  name,
  job: `serviceMonitor/shop/${name}/0`,
  namespaces: ["shop"],
  selector: { matchLabels: { app: name } },
  port: "metrics",
  portOf: "service",
  ...change,
});
const scraped = (job: string, change: Partial<ScrapedTarget> = {}): ScrapedTarget => ({
  input: "prometheus-operator",
  url: "http://10.0.0.7:8080/metrics",
  job,
  namespace: "shop",
  pod: "orders-1",
  health: "up",
  error: "",
  ...change,
});
const judged = (
  targets: readonly MonitorTarget[],
  evidence: Partial<InputEvidence>,
  problems: readonly MonitorProblem[] = [],
) => {
  const all = { targets: [], kubelets: [], annotated: [], nodes: [], ...evidence };
  const { status, reason, message } =
    judgeInputs({ "prometheus-operator": {} }, all, { targets, problems }) ?? assert.fail();
  return { status, reason, message };
};

describe("The condition about monitors", () => {
  it("counts only targets of the pipeline's own monitors", () => {
    const targets = [scraped("serviceMonitor/shop/orders/0"), scraped("serviceMonitor/pay/other/0")];
    assert.deepEqual(judged([monitor("orders")], { targets }), {
      status: "True",
      reason: "InputsHealthy",
      message: "prometheus-operator: 1 of 1 targets up.",
    });
  });

  it("has a remedy for pods of a mesh that accept only certificates of the mesh", () => {
    const error =
      'Get "http://10.0.0.7:8080/metrics": read tcp 10.0.0.1:4->10.0.0.7:8080: read: connection reset by peer';
    const target = (inMesh: boolean): ScrapedTarget =>
      scraped("serviceMonitor/shop/orders/0", { health: "down", error, ...(inMesh && { inMesh: true as const }) });
    const message = (inMesh: boolean): string => judged([monitor("orders")], { targets: [target(inMesh)] }).message;
    const without =
      "prometheus-operator: 0 of 1 targets up; down: shop/orders-1 (http://10.0.0.7:8080/metrics: read tcp " +
      "10.0.0.1:4->10.0.0.7:8080: read: connection reset by peer).";
    assert.equal(message(false), without);
    assert.equal(
      message(true),
      `${without} A pod of the mesh that closes the connection may accept only callers with a certificate of the mesh, ` +
        "which jobs of monitors do not have: set portLevelMtls of its port to PERMISSIVE in a PeerAuthentication, or " +
        "annotate its Service for the input prometheus.",
    );
  });

  it("names a monitor whose pods are not targets", () => {
    const job = "serviceMonitor/shop/dropped/0";
    const one = { namespace: "shop", name: "dropped-1", node: "node1" };
    const why = (pods: readonly MonitoredPod[], change: Partial<MonitorTarget> = { mayDrop: true }): string => {
      const evidence = {
        targets: [scraped("serviceMonitor/shop/orders/0")],
        monitored: [{ job, pods }],
        nodes: ["node1"],
      };
      return judged([monitor("orders"), monitor("dropped", change)], evidence).message;
    };
    const start = (of: number): string =>
      `prometheus-operator: 1 of ${of} targets up; not scraped: ServiceMonitor shop/dropped (`;
    const check = "check its relabelings, and the targetPort of its Services).";
    assert.equal(why([one]), `${start(1)}its pod is not a target: ${check}`);
    assert.equal(why([one, { ...one, name: "dropped-2" }]), `${start(1)}none of its 2 pods is a target: ${check}`);
    assert.equal(why([{ ...one, node: "node2" }]), `${start(2)}no ready agent runs on node node2).`);
    assert.equal(
      why([one, { ...one, name: "dropped-2", node: "node2" }]),
      `${start(2)}no ready agent runs on node node2 with 1 of its 2 pods, such as shop/dropped-2; 1 of its 2 pods, such ` +
        `as shop/dropped-1: ${check}`,
    );
    const services = "check the targetPort of its Services, and the agent's log).";
    assert.equal(why([one], {}), `${start(2)}its pod is not a target: ${services}`);
    const anywhere = { kind: "PodMonitor" as const, port: undefined, namespaces: ["network", "shop"] };
    assert.equal(
      why([one], anywhere),
      `${start(2).replace("ServiceMonitor", "PodMonitor")}its pod is not a target: check that pods with the network of ` +
        "their node declare a TCP port, and the agent's log).",
    );
    assert.equal(why([{ ...one, isNew: true }]), "prometheus-operator: 1 of 1 targets up.");
  });

  it("calls no node without an agent if agents did not answer", () => {
    const job = "serviceMonitor/shop/orders/0";
    const pods = ["orders-1", "orders-2"].map((name, i) => ({ namespace: "shop", name, node: `node${i + 1}` }));
    const partial = { monitored: [{ job, pods }], isPartial: true };
    const silent = "prometheus-operator: some ready agents did not answer in time";
    const pending = {
      status: "Unknown",
      reason: "InputsPending",
      message: `${silent}, and no other agent has a target.`,
    };
    const broken: MonitorProblem = { kind: "ServiceMonitor", namespace: "shop", name: "broken", why: "no selector" };
    assert.deepEqual(judged([monitor("orders")], partial), pending);
    assert.deepEqual(judged([monitor("orders")], { ...partial, nodes: ["node1"] }), pending);
    assert.deepEqual(judged([monitor("orders")], partial, [broken]), {
      ...pending,
      message: `${pending.message} Not as they ask: ServiceMonitor shop/broken (no selector).`,
    });
    assert.deepEqual(judged([monitor("orders")], { ...partial, targets: [scraped(job)], nodes: ["node1"] }), {
      status: "True",
      reason: "InputsHealthy",
      message:
        "prometheus-operator: 1 of 1 targets up; some ready agents did not answer in time, so their targets do not count.",
    });
    const why = "no Service has its labels";
    assert.deepEqual(judged([monitor("orders")], { monitored: [{ job, why }], isPartial: true }), {
      status: "False",
      reason: "NoTargets",
      message:
        "prometheus-operator: no target is scraped, although 1 endpoint of a monitor asks for it. Not scraped: " +
        `ServiceMonitor shop/orders (${why}).`,
    });
  });

  it("waits until the agents have discovered anything", () => {
    const monitored = [
      { job: "serviceMonitor/shop/orders/0", pods: [{ namespace: "shop", name: "a", node: "node1" }] },
    ];
    assert.equal(
      judged([monitor("orders")], { monitored, nodes: ["node1"] }).message,
      "prometheus-operator: no target is scraped, although 1 endpoint of a monitor asks for it. Wait for one interval, " +
        "and check that agents run on the nodes of the pods and that relabelings keep targets.",
    );
  });

  it("names a monitor that lacks some of its pods, unless its rules may drop them", () => {
    const job = "serviceMonitor/shop/orders/0";
    const pods = ["orders-1", "orders-2", "orders-3"].map((name) => ({ namespace: "shop", name, node: "node0" }));
    const evidence = { targets: [scraped(job)], monitored: [{ job, pods }], nodes: ["node0"] };
    assert.deepEqual(judged([monitor("orders")], evidence), {
      status: "True",
      reason: "SomeObjectsNotScraped",
      message:
        "prometheus-operator: 1 of 3 targets up; not scraped: ServiceMonitor shop/orders (2 of its 3 pods, such as " +
        "shop/orders-2: check the targetPort of its Services, and the agent's log).",
    });
    assert.deepEqual(judged([monitor("orders", { mayDrop: true })], evidence), {
      status: "True",
      reason: "InputsHealthy",
      message: "prometheus-operator: 1 of 1 targets up.",
    });
  });

  it("expects the pods on nodes without an agent as targets, and names both", () => {
    const job = "serviceMonitor/shop/orders/0";
    const all = (...nodes: readonly string[]): MonitoredPod[] =>
      nodes.map((node, i) => ({ namespace: "shop", name: `orders-${i + 1}`, node }));
    const condition = (pods: readonly MonitoredPod[], change: Partial<MonitorTarget> = {}) =>
      judged([monitor("orders", change)], { targets: [scraped(job)], monitored: [{ job, pods }], nodes: ["node1"] });
    const oneNode = {
      status: "True",
      reason: "SomeObjectsNotScraped",
      message:
        "prometheus-operator: 1 of 3 targets up; not scraped: ServiceMonitor shop/orders (no ready agent runs on node " +
        "node2 with 2 of its 3 pods, such as shop/orders-2).",
    };
    assert.deepEqual(condition(all("node1", "node2", "node2")), oneNode);
    assert.deepEqual(condition(all("node1", "node2", "node2"), { mayDrop: true }), oneNode);
    assert.equal(
      condition(all("node1", "node5", "node4", "node3", "node2")).message,
      "prometheus-operator: 1 of 5 targets up; not scraped: ServiceMonitor shop/orders (no ready agent runs on nodes " +
        "node2, node3, node4 and 1 more with 4 of its 5 pods, such as shop/orders-2).",
    );
    const fresh = all("node1", "node2").map((pod) => ({ ...pod, isNew: true as const }));
    const dropping = condition(all("node1", "node1", "node2"), { mayDrop: true });
    const well = { status: "True", reason: "InputsHealthy", message: "prometheus-operator: 1 of 1 targets up." };
    assert.deepEqual([condition(fresh), dropping], [well, well]);
  });

  it("names a monitor without targets, and why", () => {
    const missed = [{ job: "serviceMonitor/shop/broken/0", why: "no Service has its labels" }];
    const evidence = { targets: [scraped("serviceMonitor/shop/orders/0")], monitored: missed };
    assert.deepEqual(judged([monitor("orders"), monitor("broken")], evidence), {
      status: "True",
      reason: "SomeObjectsNotScraped",
      message:
        "prometheus-operator: 1 of 1 targets up; not scraped: ServiceMonitor shop/broken (no Service has its labels).",
    });
    assert.deepEqual(judged([monitor("broken")], { monitored: missed }), {
      status: "False",
      reason: "NoTargets",
      message:
        "prometheus-operator: no target is scraped, although 1 endpoint of a monitor asks for it. Not scraped: ServiceMonitor shop/broken (no Service has its labels).",
    });
  });

  it("names a target that the pipeline also collects by its annotation, with both", () => {
    const targets = [scraped("serviceMonitor/shop/orders/0"), scraped("app-pods", { input: "prometheus" })];
    const condition = (wanted: WantedInputs) => {
      const evidence = { targets, kubelets: [], annotated: [], nodes: [] };
      const all = { "prometheus-operator": {}, ...wanted };
      return judgeInputs(all, evidence, { targets: [monitor("orders")], problems: [] });
    };
    const monitors = "prometheus-operator: 1 of 1 targets up";
    const twice = {
      type: "InputsHealthy",
      status: "True",
      reason: "SomeTargetsDown",
      message:
        `prometheus: 1 of 1 targets up. ${monitors}; scraped more than once: http://10.0.0.7:8080/metrics ` +
        "(ServiceMonitor shop/orders, and the annotation of shop/orders-1).",
    };
    assert.deepEqual(condition({ prometheus: {} }), twice);
    assert.deepEqual(condition({ prometheus: { include: ["shop"] } }), twice);
    const once = { type: "InputsHealthy", status: "True", reason: "InputsHealthy", message: `${monitors}.` };
    assert.deepEqual(condition({}), once);
    assert.equal(
      condition({ prometheus: { exclude: ["shop"] } })?.message,
      `prometheus: no Pod or Service in its namespaces is annotated with prometheus.io/scrape: "true". ${monitors}.`,
    );
  });

  it("names a monitor that is not applied as it asks", () => {
    const problem = (name: string, why: string): MonitorProblem => ({
      kind: "ServiceMonitor",
      namespace: "shop",
      name,
      why,
    });
    const raised = problem("orders", "endpoints[0].interval is shorter than 10s, so targets are scraped every 10s");
    const rejected = problem("stock", "selector is missing, so the whole monitor is ignored");
    const targets = [scraped("serviceMonitor/shop/orders/0")];
    const [first, second] = [
      `ServiceMonitor shop/orders (${raised.why})`,
      `ServiceMonitor shop/stock (${rejected.why})`,
    ];
    assert.deepEqual(judged([monitor("orders")], { targets }, [rejected, raised]), {
      status: "True",
      reason: "SomeObjectsNotScraped",
      message: `prometheus-operator: 1 of 1 targets up; not as they ask: ${first}, ${second}.`,
    });
    assert.deepEqual(judged([], {}, [rejected]), {
      status: "False",
      reason: "NoTargets",
      message: `prometheus-operator: no monitor in its namespaces can be applied. Not as they ask: ${second}.`,
    });
    assert.deepEqual(judged([monitor("orders")], {}, [raised]), {
      status: "False",
      reason: "NoTargets",
      message: `prometheus-operator: no target is scraped, although 1 endpoint of a monitor asks for it. Not as they ask: ${first}.`,
    });
  });

  it("names each monitor once, so one with many faults hides no other", () => {
    const problems = (name: string, count: number): MonitorProblem[] =>
      Array.from({ length: count }, (_, i) => ({
        kind: "ServiceMonitor",
        namespace: "shop",
        name,
        why: `endpoints[${i}].port is wrong`,
      }));
    const message = (all: readonly MonitorProblem[]): string =>
      judged([monitor("orders")], { targets: [scraped("serviceMonitor/shop/orders/0")] }, all).message;
    const start = "prometheus-operator: 1 of 1 targets up; not as they ask:";
    const first = "endpoints[0].port is wrong";
    assert.equal(
      message([...problems("a", 25), ...problems("b", 2), ...problems("z", 1)]),
      `${start} ServiceMonitor shop/a (${first}, and 24 more faults), ServiceMonitor shop/b (${first}, and 1 more fault), ` +
        `ServiceMonitor shop/z (${first}).`,
    );
    const names = Array.from({ length: 22 }, (_, i) => `m${i + 10}`);
    const places = names.slice(0, 20).map((name) => `ServiceMonitor shop/${name} (${first}, and 1 more fault)`);
    assert.equal(message(names.flatMap((name) => problems(name, 2))), `${start} ${places.join(", ")} and 2 more.`);
  });

  it("names each namespace first, so one with many wrong monitors hides no other", () => {
    const wrong = (namespace: string, name: string) =>
      ({ kind: "ServiceMonitor", namespace, name, why: "selector is missing" }) as const;
    const many = Array.from({ length: 30 }, (_, i) => wrong("a", `m${i + 10}`));
    const own = { targets: [scraped("serviceMonitor/shop/orders/0")] };
    const { message } = judged([monitor("orders")], own, [...many, wrong("shop", "cart"), wrong("z", "last")]);
    for (const name of ["a/m10", "a/m27", "shop/cart", "z/last"])
      assert.ok(message.includes(`ServiceMonitor ${name} (`), `${name}: ${message}`);
    assert.ok(message.endsWith(" and 12 more."), message);
  });

  it("is unknown without any monitor", () => {
    assert.deepEqual(judged([], {}), {
      status: "Unknown",
      reason: "NoTargets",
      message:
        "prometheus-operator: no ServiceMonitor or PodMonitor in its namespaces selects a running pod, or the cluster does " +
        "not have these kinds.",
    });
  });
});

describe("A monitor that can have no target", () => {
  const now = new Date("2026-06-01");
  const pod = {
    metadata: { name: "orders-1", namespace: "shop", labels: { app: "orders", pod: "yes" } },
    spec: { containers: [{ ports: [{ name: "http", containerPort: 8080 }] }] },
    status: { phase: "Running" },
  };
  const service = {
    metadata: { name: "orders", namespace: "shop", labels: { app: "orders" } },
    spec: { selector: { pod: "yes" }, ports: [{ name: "metrics" }, { name: "web" }] },
  };
  const why = (one: MonitorTarget, pods = [pod]): string | undefined => {
    const [job] = monitoredJobs([one], [service], pods, now);
    return job && "why" in job ? job.why : undefined;
  };
  const ofPods = { kind: "PodMonitor", portOf: "container" } as const;

  const cases: readonly (readonly [string, MonitorTarget, string | undefined])[] = [
    ["selects a Service by the name of a port", monitor("orders"), undefined],
    ["selects by a number", monitor("orders", { port: 8080, portOf: "container" }), undefined],
    ["selects all ports", monitor("orders", { port: undefined }), undefined],
    ["finds no Service", monitor("stock"), "no Service has the labels of its selector in namespace shop"],
    [
      "finds no Service anywhere",
      monitor("stock", { namespaces: undefined }),
      "no Service has the labels of its selector in any namespace",
    ],
    [
      "finds no port",
      monitor("orders", { port: "metric" }),
      'no Service that it selects has the port "metric"; the ports are metrics, web',
    ],
    [
      "finds no number",
      monitor("orders", { port: 1, portOf: "container" }),
      "no pod behind its Services that it selects has the port 1",
    ],
    ["selects pods", monitor("orders", { ...ofPods, port: "http" }), undefined],
    [
      "finds no pod",
      monitor("stock", { ...ofPods }),
      "no running pod has the labels of its selector in namespace shop",
    ],
    [
      "finds no port of pods",
      monitor("orders", { ...ofPods }),
      'no pod that it selects has the port "metrics"; the ports are http',
    ],
    ["selects one of several names", monitor("orders", { port: "stock|web" }), undefined],
    [
      "finds none of several names",
      monitor("orders", { port: "stock|METRICS" }),
      'no Service that it selects has the port "stock|METRICS"; the ports are metrics, web',
    ],
    [
      "has a regular expression as its port",
      monitor("orders", { port: "web.*" }),
      'a check compares names of ports only, and the port "web.*" is a regular expression; the ports are metrics, web',
    ],
  ];
  for (const [name, one, expected] of cases) {
    it(`is named if it ${name}`, () => assert.equal(why(one), expected));
  }

  it("compares each Service with its pods once, however many jobs select it", () => {
    let compared = 0;
    const labels = { app: "orders" };
    const pods = Array.from({ length: 10 }, (_, i) => ({
      metadata: {
        name: `orders-${i}`,
        namespace: "shop",
        get labels() {
          compared++;
          return labels;
        },
      },
      status: { phase: "Running" },
    }));
    const service = { metadata: { name: "orders", namespace: "shop", labels }, spec: { selector: labels } };
    const all = Array.from({ length: 50 }, () => monitor("orders", { port: undefined }));
    const jobs = monitoredJobs(all, [service, { ...service }], pods, new Date());
    assert.deepEqual([jobs.length, compared], [50, 20]);
    assert.ok(jobs.every((one) => "pods" in one && one.pods.length === 10));
  });

  it("costs no time by a regular expression as its port", () => {
    const long = { ...service, spec: { ...service.spec, ports: [{ name: "a".repeat(63) }] } };
    const [job] = monitoredJobs([monitor("orders", { port: "(a+)+b" })], [long], [pod], now);
    assert.deepEqual(job, {
      job: monitor("orders").job,
      why: `a check compares names of ports only, and the port "(a+)+b" is a regular expression; the ports are ${"a".repeat(63)}`,
    });
  });

  it("is named with a part of a long port and of many namespaces", () => {
    assert.equal(
      why(monitor("orders", { port: "p".repeat(100_000) })),
      `no Service that it selects has the port "${"p".repeat(100)}…"; the ports are metrics, web`,
    );
    const namespaces = Array.from({ length: 1000 }, (_, i) => `n${i}`);
    assert.equal(
      why(monitor("orders", { namespaces })),
      "no Service has the labels of its selector in the namespaces n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 990 more",
    );
  });

  it("has its running pods with the port, and their nodes", () => {
    const other = {
      ...pod,
      metadata: { ...pod.metadata, name: "orders-2" },
      spec: { nodeName: "node1", containers: [] },
      status: { phase: "Running", startTime: new Date(now.getTime() - 59_000) },
    };
    const ended = { ...pod, status: { phase: "Failed" } };
    const leaving = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: now } };
    const names = (one: MonitorTarget): unknown =>
      monitoredJobs([one], [service], [pod, other, ended, leaving], now)[0];
    const [first, second] = ["orders-1", "orders-2"].map((name) => ({ namespace: "shop", name }));
    const { job } = monitor("orders");
    assert.deepEqual(names(monitor("orders")), { job, pods: [first, { ...second, node: "node1", isNew: true }] });
    assert.deepEqual(names(monitor("orders", { port: 8080, portOf: "container" })), { job, pods: [first] });
    assert.deepEqual(names(monitor("orders", { ...ofPods, port: "http" })), { job, pods: [first] });
  });

  it("is named if no pod runs behind its Services", () => {
    assert.equal(why(monitor("orders"), []), "no running pod is behind the Services that it selects");
  });

  it("is named if its Services have no selector, which makes their pods unknown", () => {
    const handMade = { ...service, spec: { ports: service.spec.ports } };
    const whyOf = (services: Parameters<typeof monitoredJobs>[1]) => {
      const [job] = monitoredJobs([monitor("orders")], services, [], now);
      return job && "why" in job ? job.why : undefined;
    };
    assert.equal(
      whyOf([handMade]),
      "the Services that it selects have no selector, so each endpoint in their EndpointSlices must name a running pod " +
        "in targetRef",
    );
    assert.equal(whyOf([handMade, service]), "no running pod is behind the Services that it selects");
  });
});
