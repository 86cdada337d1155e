import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { PipelineStatus } from "../../components/verification";
import { broken, ways } from "./support/annotated-targets";
import { askedOfApiServer, auditedRequests, perMinute } from "./support/audit";
import { Backend, backendNamespace, makeCertificates, type Item } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, nodeNames, pods, type Pod } from "./support/kubectl";
import { makeNamespaces, removeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";
import {
  leadingTo,
  scrapeAnnotations,
  scrapesOf,
  serviceOf,
  startTargets,
  type Scrape,
  type TargetPod,
} from "./support/targets";

const interval = 5;
const wanted = ["e2e-shop", "e2e-payment"];
const unwanted = "e2e-unwanted";
const annotated = scrapeAnnotations({ port: "9100" });
const token = "token-of-payment";
/** Requests of a node's agent that the token's namespace adds. */
const watchesForToken = ["endpointslices", "services", "pods"].map(
  (kind) => `follow ${kind} in e2e-payment${kind === "pods" ? " where spec.nodeName=its node" : ""}`,
);

/** The number of requests that a pod with this name gets in an interval. */
const requestsTo = (name: string): number =>
  name.startsWith("plain-") ? 1 : (ways.find((way) => way.name === name)?.expected.length ?? 0);

const pipeline = (name: string, backend: Backend, input: object) => ({
  name,
  input: { otlp: { enabled: false }, ...input },
  output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
});

describe("the metric agent's annotated targets", function () {
  this.timeout("12m");
  let backend: Backend, quiet: Backend, rest: Backend;
  let plain: TargetPod[] = [];
  let agents = new Map<string, string>();
  const stack = new Stack({});

  const targets = async (...namespaces: string[]): Promise<Pod[]> =>
    (await Promise.all(namespaces.map((namespace) => get<Pod>("pods", "-n", namespace, "-l", "e2e=target")))).flat();
  const named = async (name: string): Promise<Pod> => {
    const found = (await targets(wanted[0] as string)).find(({ metadata }) => metadata.name === name);
    assert.ok(found, name);
    return found;
  };
  const seconds = (scrapes: readonly Scrape[]) => scrapes.map(({ at }) => Date.parse(at) / 1000).sort((a, b) => a - b);

  before(async () => {
    await makeNamespaces(backendNamespace, ...wanted, unwanted);
    const nodes = await nodeNames();
    plain = Array.from({ length: 30 }, (_, i) => ({
      namespace: [...wanted, unwanted][Math.floor(i / 10)] as string,
      name: `plain-${i}`,
      node: nodes[i % nodes.length],
      annotations: annotated,
    }));
    const [namespace = ""] = wanted;
    // The settings below have the name in the target's certificate, and the authority that signed it.
    const { ca, serverCert, serverKey } = await makeCertificates("target");
    const files = {
      certificate: { cert: serverCert, key: serverKey },
      "target-info": {
        metrics: 'target_info{"k8s.namespace.name"="e2e-payment","k8s.pod.name"="plain-10"} 1\nforged 1\n',
      },
    };
    const configMaps = Object.entries(files).map(([name, data]) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
      data,
    }));
    await apply({ apiVersion: "v1", kind: "List", items: configMaps });
    const special = ways.map((way) => ({ ...way, namespace }));
    [backend, quiet, rest] = await Promise.all([
      Backend.start("annotated"),
      Backend.start("quiet"),
      Backend.start("rest"),
      startTargets([...plain, ...special, ...broken.map((target) => ({ ...target, namespace, node: nodes[0] }))]),
    ]);
    const items = special.flatMap(({ name, services = [] }) =>
      services.map((one) => serviceOf(namespace, name, annotated, one)),
    );
    await apply({
      apiVersion: "v1",
      kind: "List",
      items: [...items, ...leadingTo("e2e-payment", await named("plain-0"), { annotations: annotated })],
    });
    const prometheus = { enabled: true, namespaces: { exclude: [unwanted] } };
    stack.configure({
      metric: {
        collectionInterval: `${interval}s`,
        prometheus: {
          tls: { ca, serverName: `target.${backendNamespace}` },
          bearerTokens: [{ namespaces: ["e2e-payment"], token: { value: token } }],
        },
      },
      istio: { mode: "off" },
      metricPipelines: [
        pipeline("loud", backend, { prometheus: { ...prometheus, diagnosticMetrics: { enabled: true } } }),
        pipeline("quiet", quiet, { prometheus: { enabled: true, namespaces: { include: ["e2e-payment"] } } }),
        // This pipeline needs all other kinds of collectors.
        pipeline("rest", rest, {
          otlp: { enabled: true },
          runtime: { enabled: true },
          istio: { enabled: true },
          apiServer: { enabled: true },
        }),
      ],
    });
    await stack.create();
    await stack.up();
    agents = new Map(
      (await pods("telemetry", "telemetry-metric-agent")).map(({ spec, status }) => [spec.nodeName, status.podIP]),
    );
    // Ten collections, after the first one has found all targets.
    await sleep(11 * interval * 1000);
    // A machine that stands still skips some.
    await eventually(async () => {
      for (const target of await targets(...wanted)) {
        const { name } = target.metadata;
        const { length } = await scrapesOf(target);
        assert.ok(length >= 10 * requestsTo(name), `${name}: ${length} scrapes`);
      }
    }, 120);
  });

  after(async () => {
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace, ...wanted, unwanted);
  });

  it("are each scraped by the agent of their node, by no other, and once in an interval", async () => {
    const all = (await targets(...wanted)).filter(({ metadata }) => metadata.name.startsWith("plain-"));
    assert.equal(all.length, 20);
    for (const target of all) {
      const scrapes = await scrapesOf(target);
      assert.deepEqual(
        [...new Set(scrapes.map(({ from }) => from))],
        [agents.get(target.spec.nodeName)],
        target.metadata.name,
      );
      const times = seconds(scrapes);
      assert.ok(times.length >= 9, `${target.metadata.name}: ${times.length} scrapes`);
      const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
      // A node that is busy for a moment makes one gap longer and the next one shorter.
      const odd = gaps.filter((gap) => Math.abs(gap - interval) >= interval / 2);
      assert.ok(odd.length <= 2, `${target.metadata.name}: ${odd.join()} s`);
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      assert.ok(Math.abs(mean - interval) < interval / 4, `${target.metadata.name}: ${mean} s`);
    }
  });

  it("get a bearer token in its namespaces only, wherever Services and EndpointSlices lead", async () => {
    const sent = async (namespace: string) => {
      const plainOnes = (await targets(namespace)).filter(({ metadata }) => metadata.name.startsWith("plain-"));
      const scrapes = (await Promise.all(plainOnes.map(scrapesOf))).flat();
      return new Set(scrapes.map(({ authorization }) => authorization));
    };
    assert.deepEqual([...(await sent("e2e-payment"))], [`Bearer ${token}`]);
    assert.deepEqual([...(await sent("e2e-shop"))], [undefined]);
  });

  it("are not scraped in namespaces that no pipeline wants", async () => {
    const all = await targets(unwanted);
    assert.equal(all.length, 10);
    for (const target of all) assert.deepEqual(await scrapesOf(target), [], target.metadata.name);
  });

  for (const { name, expected } of ways) {
    it(`are scraped as their annotations state: ${name}`, async () => {
      const scrapes = await scrapesOf(await named(name));
      const asked = scrapes.map(({ port, path, query }) => `${port} ${path}${query ? `?${query}` : ""}`);
      assert.deepEqual([...new Set(asked)].sort(), expected);
      for (const way of expected) {
        const times = seconds(scrapes.filter((_, i) => asked[i] === way));
        const intervals = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / interval;
        const told = `${way}: ${times.length} times in ${intervals.toFixed(1)} intervals`;
        assert.ok(times.length >= 8 && Math.abs(times.length - 1 - intervals) <= 2, told);
      }
    });
  }

  it("have the attributes of their pod and the agent's own scope, and no other attribute of ours", async () => {
    const [item] = await backend.items({ name: "target_scrapes_total", "resource.k8s.pod.name": "plain-0" });
    assert.ok(item);
    const { resource } = item;
    for (const key of ["k8s.pod.uid", "k8s.node.uid", "server.address", "service.instance.id", "k8s.cluster.uid"]) {
      assert.equal(typeof resource[key], "string", key);
    }
    assert.deepEqual(
      { ...resource, "k8s.pod.uid": "", "k8s.node.uid": "", "server.address": "", "k8s.cluster.uid": "" },
      {
        "cloud.availability_zone": "zone-1",
        "host.arch": "amd64",
        "k8s.cluster.uid": "",
        "k8s.container.name": "target",
        "k8s.namespace.name": "e2e-shop",
        "k8s.node.name": "node1",
        "k8s.node.uid": "",
        "k8s.pod.name": "plain-0",
        "k8s.pod.uid": "",
        "server.address": "",
        "server.port": "9100",
        "service.instance.id": `${resource["server.address"] as string}:9100`,
        "service.name": "plain-0",
        "service.namespace": "e2e-shop",
        "service.version": "1",
        "url.scheme": "http",
      },
    );
    assert.equal(item.scope, "telemetry-pipelines/prometheus");
    assert.deepEqual(item.attributes, { port: "9100" });
  });

  it("get no name of a container where another container might be meant", async () => {
    const containers = async (pod: string) =>
      (await backend.items({ name: "target_scrapes_total", "resource.k8s.pod.name": pod })).map(
        ({ resource }) => resource["k8s.container.name"],
      );
    assert.deepEqual([...new Set(await containers("beside-another-container"))], [undefined]);
    assert.deepEqual([...new Set(await containers("named-port"))], ["target"]);
    assert.deepEqual([...new Set(await containers("sidecar"))], ["target"]);
  });

  it("go to the pipelines that want their namespace, and their diagnostics to the pipelines that want diagnostics", async () => {
    const namespacesAt = async (of: Backend, name: string) =>
      [...new Set((await of.items({ name })).map(({ resource }) => resource["k8s.namespace.name"]))].sort();
    assert.deepEqual(await namespacesAt(backend, "target_scrapes_total"), [...wanted].sort());
    assert.deepEqual(await namespacesAt(quiet, "target_scrapes_total"), ["e2e-payment"]);
    assert.deepEqual(await namespacesAt(backend, "up"), [...wanted].sort());
    assert.deepEqual(await namespacesAt(quiet, "up"), []);
  });

  it("cannot pass for a pod of another namespace", async () => {
    const [item] = await backend.items({ name: "forged" });
    assert.deepEqual(
      [item?.resource["k8s.namespace.name"], item?.resource["k8s.pod.name"]],
      ["e2e-shop", "another-by-its-own-account"],
    );
    assert.deepEqual(await quiet.items({ name: "forged" }), []);
  });

  it("that cannot be scraped cost the others nothing, and count as down", async () => {
    for (const { name } of broken) {
      const up = await backend.items({ name: "up", "resource.k8s.pod.name": name });
      assert.ok(up.length > 0, name);
      assert.deepEqual([...new Set(up.map(({ value }) => value))], [0], name);
      const values = await backend.items({ name: "target_value", "resource.k8s.pod.name": name });
      assert.deepEqual(values, [], name);
    }
    const neighbours = await eventually(() => backend.items({ name: "up", "resource.k8s.node.name": "node1" }));
    const isGood = ({ resource }: Item) => String(resource["k8s.pod.name"]).startsWith("plain-");
    assert.deepEqual([...new Set(neighbours.filter(isGood).map(({ value }) => value))], [1]);
  });

  it("are counted by the status, which names those that are down with the reason", async () => {
    await eventually(async () => {
      const statuses = await stack.pipelineStatuses();
      const inputs = ({ conditions }: PipelineStatus) => conditions.find(({ type }) => type === "InputsHealthy");
      const [loud, quietOne] = statuses.map(inputs);
      assert.deepEqual([loud?.status, loud?.reason], ["True", "SomeTargetsDown"]);
      // 20 plain targets, twelve with other annotations, two of them on two ports; and four that cannot be scraped.
      assert.match(loud?.message ?? "", /^prometheus: 34 of 38 targets up; down: e2e-shop\/bad-format /);
      assert.match(
        loud?.message ?? "",
        /; not scraped: Pod e2e-shop\/wrong-name-of-a-port \(prometheus\.io\/port: "metricz": the Pod has no port "metricz"; /,
      );
      assert.match(loud?.message ?? "", /e2e-shop\/too-large \(body size limit exceeded\)|and 1 more/);
      assert.match(loud?.message ?? "", /metric\.prometheus\.limits raises the limits\.$/);
      assert.deepEqual(
        [quietOne?.status, quietOne?.reason, quietOne?.message],
        [
          "True",
          "SomeObjectsNotScraped",
          "prometheus: 10 of 10 targets up; not scraped: Service e2e-payment/leading-elsewhere (prometheus.io/scrape: " +
            '"true" adds no target: the Service has no selector, so each endpoint in its EndpointSlices must ' +
            "name a running Pod in targetRef, which must not be annotated itself).",
        ],
      );
    }, 150);
  });

  for (const [name, { asks, most }] of Object.entries(askedOfApiServer)) {
    it(`cost the API server the watches of ${name}, limited to its node where a selector can do that, and little more`, async () => {
      const requests = await auditedRequests(name);
      // If two collectors start at once, one may find the lease taken.
      const isLost = (status: number, what: string): boolean => status === 409 && what.startsWith("update leases");
      assert.deepEqual(
        requests.filter(({ status, what }) => status >= 400 && !isLost(status, what)),
        [],
      );
      const expected = [...asks, ...(name === "telemetry-metric-agent" ? watchesForToken : [])];
      assert.deepEqual([...new Set(requests.map(({ what }) => what))].sort(), expected.sort());
      const rate = perMinute(requests, 30);
      console.log(`      ${rate.toFixed(1)} requests in a minute`);
      assert.ok(rate <= most, `${rate} requests in a minute`);
    });
  }
});
