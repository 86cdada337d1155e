import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Application } from "./support/application";
import { Backend, backendNamespace, type Item } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, kubectl, nodeNames, type Pod } from "./support/kubectl";
import { logsRequest, now, tracesRequest } from "./support/otlp";
import { makeNamespaces, probeImage } from "./support/probe";
import { Stack } from "./support/stack";

const shop = "e2e-identity-shop";
const bank = "e2e-identity-bank";
const many = "e2e-identity-many";

/** A pod that only waits, with a template that no other one has. */
const template = (app: string) => ({
  metadata: { labels: { app } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: "waiting",
        image: probeImage,
        args: ["serve"],
        env: [{ name: "RANDOM", value: randomUUID() }],
        resources: { requests: { cpu: "1m" } },
      },
    ],
  },
});

function workload(kind: "Deployment" | "ReplicaSet", name: string): object {
  const metadata = { name, namespace: many };
  const spec = { replicas: 1, selector: { matchLabels: { app: name } }, template: template(name) };
  return { apiVersion: "apps/v1", kind, metadata, spec };
}

function job(name: string): object {
  const pod = template(name);
  const spec = { template: { ...pod, spec: { ...pod.spec, restartPolicy: "Never" } } };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: many }, spec };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "-");

type Owned = Pod & { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };

describe("the identity of data", function () {
  this.timeout("12m");
  let pushed: Backend, collected: Backend, tenant: Backend, rest: Backend;
  let nodes: string[];
  const stack = new Stack({});

  before(async () => {
    await makeNamespaces(backendNamespace, shop, bank, many);
    nodes = await nodeNames();
    [pushed, collected, tenant, rest] = (await Promise.all(
      ["pushed", "collected", "tenant", "rest"].map((name) => Backend.start(name)),
    )) as [Backend, Backend, Backend, Backend];
    const to = (backend: Backend) => ({ otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } });
    stack.configure({
      metric: { collectionInterval: "5s" },
      metricPipelines: [
        {
          name: "collected",
          input: {
            otlp: { enabled: false },
            runtime: { enabled: true, namespaces: { include: [many] }, resources: { container: { enabled: false } } },
          },
          output: to(collected),
        },
      ],
      tracePipelines: [{ name: "pushed", output: to(pushed) }],
      logPipelines: [
        { name: "tenant", input: { otlp: { namespaces: { include: [shop] } } }, output: to(tenant) },
        { name: "rest", input: { otlp: { namespaces: { exclude: [shop] } } }, output: to(rest) },
      ],
    });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await stack.discard(backendNamespace, shop, bank, many);
  });

  it("names the workload of a pod, whatever the hash in its name, in gateways and agents", async () => {
    const deployments = Array.from({ length: 100 }, (_, i) => `web-${i}`);
    const others = [workload("ReplicaSet", "batch-processing"), job("migrate-42")];
    const items = [...deployments.map((name) => workload("Deployment", name)), ...others];
    await apply({ apiVersion: "v1", kind: "List", items });
    const pods = await eventually(async () => {
      const all = await get<Owned>("pods", "-n", many, "--field-selector=status.phase=Running");
      assert.equal(all.length, items.length);
      return all;
    }, 400);
    const lengths = pods.flatMap(({ metadata: { labels } }) => labels["pod-template-hash"]?.length ?? []);
    console.log(`      ${lengths.filter((length) => length < 10).length} of 100 hashes have less than 10 characters`);
    assert.ok(lengths.some((length) => length < 10) && lengths.some((length) => length === 10));

    const senders = await Application.startAll(nodes.map((node) => ({ namespace: bank, name: `on-${node}`, node })));
    await Promise.all(
      pods.map(async ({ metadata, spec }) => {
        const sender = senders[nodes.indexOf(spec.nodeName)] as Application;
        await sender.push("traces", tracesRequest([{ name: "named", start: now() }], { "k8s.pod.uid": metadata.uid }));
      }),
    );
    const names = ({ resource }: Item) =>
      ["k8s.deployment.name", "k8s.job.name", "k8s.cronjob.name", "service.name", "k8s.replicaset.name"]
        .map((key) => text(resource[key]))
        .join(" ");
    const expected = pods
      .map(({ metadata: { uid, labels } }): [string, string] => {
        const app = labels.app ?? "";
        if (app.startsWith("web-")) return [uid, `${app} - - ${app} -`];
        return [uid, app === "migrate-42" ? `- ${app} - ${app} -` : `- - - ${app} -`];
      })
      .sort();
    for (const [backend, query] of [
      [pushed, { name: "named" }],
      [collected, { name: "k8s.pod.memory.usage" }],
      [collected, { name: "k8s.pod.phase" }],
    ] as const) {
      await eventually(async () => {
        const found = (await backend.items(query)).map((item): [string, string] => [
          String(item.resource["k8s.pod.uid"]),
          names(item),
        ]);
        assert.deepEqual([...new Map(found)].sort(), expected, query.name);
      }, 120);
    }
  });

  it("is unknown for a sender on the node's network, whatever address it claims, and for a pod that a relay names", async () => {
    const [node] = nodes as [string];
    const [shopPod, host, relay] = (await Application.startAll([
      { namespace: shop, node },
      { namespace: bank, name: "host", node, hostNetwork: true },
      { namespace: bank, name: "relay", node: nodes[1] },
    ])) as [Application, Application, Application];
    const [onNode] = await get<Pod>("pods", "-n", shop);
    assert.ok(onNode);
    const { hostIP } = onNode.status as unknown as { hostIP: string };
    const cases: [string, Application, Record<string, string>, Record<string, string | undefined>][] = [
      ["address", host, { "k8s.pod.ip": hostIP }, { "k8s.pod.ip": hostIP }],
      ["nothing", host, {}, {}],
      [
        "uid",
        host,
        { "k8s.pod.uid": onNode.metadata.uid },
        { "k8s.namespace.name": shop, "k8s.pod.name": "application" },
      ],
      ["pod", shopPod, {}, { "k8s.namespace.name": shop, "k8s.pod.name": "application" }],
      [
        "relayed",
        relay,
        { "k8s.pod.name": "elsewhere", "k8s.namespace.name": shop },
        { "k8s.namespace.name": shop, "k8s.pod.name": "elsewhere" },
      ],
    ];
    const cluster = await kubectl("get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
    for (const [name, application, resource] of cases) {
      await application.push("traces", tracesRequest([{ name, start: now() }], resource));
      await application.push("logs", logsRequest([{ body: name, time: now() }], resource));
    }
    await eventually(async () => {
      for (const [name, , , expected] of cases) {
        const [item] = await pushed.items({ name });
        assert.ok(item, name);
        const keys = ["k8s.namespace.name", "k8s.pod.name", "k8s.pod.ip", "k8s.deployment.name", "service.name"];
        const found = keys.flatMap((key) =>
          key in item.resource && key !== "service.name" ? [[key, item.resource[key]]] : [],
        );
        assert.deepEqual(Object.fromEntries(found), expected, name);
        assert.equal(item.resource["k8s.cluster.uid"], cluster, name);
        const left = Object.keys(item.resource).filter((key) => key.startsWith("telemetry-pipelines."));
        assert.deepEqual(left, [], name);
      }
      const bodies = async (backend: Backend) => (await backend.items()).map(({ value }) => String(value)).sort();
      assert.deepEqual(
        [await bodies(tenant), await bodies(rest)],
        [
          ["pod", "relayed", "uid"],
          ["address", "nothing"],
        ],
      );
    });
    await kubectl("-n", bank, "delete", "pods", "--all", "--wait=false");
  });
});
