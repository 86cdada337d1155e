import assert from "node:assert/strict";
import type { Backend } from "../../../components/credentials";
import { egressOf, egressTo } from "../../../components/workloads/network-policies";

/** Returns the rules besides those for name servers and the API server. */
const rulesFor = (...backends: Backend[]): unknown[] => egressTo(backends, "telemetry", []).slice(2);
const tcp = (port: number): object => ({ ports: [{ protocol: "TCP", port }] });
const namespace = (name: string): object => ({
  to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }],
});

const everyPod = { to: [{ namespaceSelector: {} }] };

describe("the gateway's egress", () => {
  it("reaches only name servers and the API server without a backend", () => {
    assert.deepEqual(
      egressTo([], "telemetry", []).flatMap(({ ports }) => (ports as { port: number }[]).map(({ port }) => port)),
      [53, 53, 5353, 5353, 8053, 8053, 443, 6443, 8443, 16443],
    );
  });

  const cases: [string, Backend, object[]][] = [
    ["an address outside, on its port", { host: "otlp.backend.example.com", port: 4317 }, [tcp(4317)]],
    ["one IPv4 address", { host: "10.1.2.3", port: 80 }, [{ to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ...tcp(80) }]],
    ["one IPv6 address", { host: "fd00::1", port: 80 }, [{ to: [{ ipBlock: { cidr: "fd00::1/128" } }], ...tcp(80) }]],
    [
      "an IPv4 address that is written as IPv6, in the notation that the API server accepts",
      { host: "::ffff:10.1.2.3", port: 80 },
      [{ to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ...tcp(80) }],
    ],
    ["a Service, whatever port its pods have", { host: "backend.shop.svc", port: 80 }, [namespace("shop")]],
    ["a Service by its full name", { host: "backend.shop.svc.cluster.local", port: 80 }, [namespace("shop")]],
    [
      "a name that may be a Service of a cluster with another domain",
      { host: "otlp.eu.svc.example.com", port: 4317 },
      [tcp(4317), namespace("eu")],
    ],
    ["a Service of the own namespace", { host: "backend", port: 80 }, [namespace("telemetry")]],
    ["a name that may be a Service or not", { host: "backend.shop", port: 80 }, [tcp(80), namespace("shop")]],
    ["the port alone of an address that is kept in a Secret", { port: 4317 }, [tcp(4317)]],
    ["all pods where a Secret has a Service's address", { port: 80, service: "certain" }, [everyPod]],
    ["both where a Secret's address may be a Service's", { port: 80, service: "possible" }, [tcp(80), everyPod]],
  ];
  for (const [what, backend, rules] of cases) {
    it(`allows ${what}`, () => {
      assert.deepEqual(rulesFor(backend), rules);
    });
  }

  it("reaches the addresses that the user names, for any purpose, and so does the agent's", () => {
    const cidrs = ["10.1.0.0/16", "fd00::/8"];
    const rules = cidrs.map((cidr) => ({ to: [{ ipBlock: { cidr } }] }));
    assert.deepEqual(egressTo([{ port: 4317 }], "telemetry", cidrs).slice(2), [tcp(4317), ...rules]);
    const network = { takesPushed: false, targets: [], backendsOf: [], cidrs };
    assert.deepEqual(egressOf(network, [], "telemetry").slice(2), rules);
  });

  it("reaches the proxy like a backend", () => {
    const network = { takesPushed: true, targets: [], backendsOf: [], cidrs: [] };
    const proxy = { url: "http://10.0.0.9:3128", host: "10.0.0.9", port: 3128, noProxy: [] };
    const backend = { host: "a.example.com", port: 4317 };
    assert.deepEqual(egressOf({ ...network, proxy }, [backend], "telemetry").slice(2), [
      tcp(4317),
      { to: [{ ipBlock: { cidr: "10.0.0.9/32" } }], ...tcp(3128) },
    ]);
    const inCluster = { url: "http://squid.proxies.svc:3128", host: "squid.proxies.svc", port: 3128, noProxy: [] };
    assert.deepEqual(egressOf({ ...network, proxy: inCluster }, [], "telemetry").slice(2), [namespace("proxies")]);
  });

  it("has one rule for backends that need the same, in a fixed order", () => {
    const [a, b] = [
      { host: "a.example.com", port: 4317 },
      { host: "10.1.2.3", port: 443 },
    ];
    assert.deepEqual(rulesFor(a, b, a), rulesFor(b, a));
    assert.equal(rulesFor(a, b, a).length, 2);
  });
});
