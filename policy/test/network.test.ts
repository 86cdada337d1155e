import assert from "node:assert/strict";
import { networkPolicies } from "../rules/network-policies";
import { judge, unknown } from "./judge";
import { daemonSet, networkPolicy } from "./good-objects";

const missing = (direction: string): string =>
  `no NetworkPolicy of the stack with policyTypes ${direction} selects these pods. Add one.`;
const open =
  "spec.egress[0] of NetworkPolicy 'gateway-policy' opens (nearly) every destination. Use prefixes of /8 or longer (IPv6: /16) in network.egress and metric.prometheus.hostNetworks, fewer addresses than a /7 (IPv6: /15) in all, or name ports.";
const openTogether = open.replace(
  "spec.egress[0] of NetworkPolicy 'gateway-policy' opens",
  "the rules in spec.egress of NetworkPolicy 'gateway-policy' together open",
);
const blocks = (cidrs: readonly string[]): object[] => cidrs.map((cidr) => ({ to: [{ ipBlock: { cidr } }] }));
const judged = (...egress: readonly object[]): string[] =>
  judge(networkPolicies, [daemonSet(), networkPolicy({ egress })]).messages;

describe("network-policies", () => {
  it("accepts a workload whose policies allow only named ports and pods", () => {
    assert.deepEqual(judge(networkPolicies, [daemonSet(), networkPolicy()]), { messages: [] });
  });

  it("accepts destinations up to the size of a private network", () => {
    for (const cidr of ["10.0.0.0/8", "192.0.2.7/32", "fd00::/16", "2001:db8::/48"]) {
      const egress = [{ to: [{ ipBlock: { cidr } }] }];
      assert.deepEqual(judge(networkPolicies, [daemonSet(), networkPolicy({ egress })]), { messages: [] }, cidr);
    }
  });

  it("rejects a workload without its own policy", () => {
    assert.deepEqual(judge(networkPolicies, [daemonSet()]).messages, [missing("Ingress"), missing("Egress")]);
    assert.deepEqual(judge(networkPolicies, [daemonSet(), networkPolicy({}, "agent")]).messages, [
      missing("Ingress"),
      missing("Egress"),
    ]);
    assert.deepEqual(judge(networkPolicies, [daemonSet(), networkPolicy({ policyTypes: ["Ingress"] })]).messages, [
      missing("Egress"),
    ]);
  });

  it("rejects egress to everything in each notation", () => {
    for (const rule of [
      {},
      { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] },
      { to: [{ ipBlock: { cidr: "::/0" } }] },
      { to: [{ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } }] },
      { to: [{ ipBlock: { cidr: "2000::/3" } }] },
      { to: [{ ipBlock: { cidr: "10.0.0.0/7" } }] },
      { to: [{ ipBlock: { cidr: "fd00::/15" } }] },
      { ports: [{ protocol: "TCP" }] },
      { ports: [{ port: 1, endPort: 65535 }] },
    ]) {
      assert.deepEqual(judge(networkPolicies, [daemonSet(), networkPolicy({ egress: [rule] })]).messages, [open]);
    }
  });

  it("rejects rules that open everything together, each of them narrow", () => {
    const octets = Array.from({ length: 256 }, (_, i) => `${i}.0.0.0/8`);
    assert.deepEqual(judged(...blocks(octets)), [openTogether]);
    assert.deepEqual(judged(...blocks(octets.filter((_, i) => i % 2 === 0))), [openTogether]);
    const groups = Array.from({ length: 256 }, (_, i) => `${(0x2000 + i).toString(16)}::/16`);
    assert.deepEqual(judged(...blocks(groups)), [openTogether]);
    // Two policies that select the same pods open what each of them opens.
    const policies = [octets.slice(0, 1), octets.slice(1, 2)].map((part, i) => ({
      ...networkPolicy({ egress: blocks(part) }),
      name: `part-${i}`,
    }));
    assert.deepEqual(judge(networkPolicies, [daemonSet(), ...policies]).messages, [
      openTogether.replace("'gateway-policy'", "'part-0', 'part-1'"),
    ]);
  });

  it("accepts all private networks together, and the same network twice", () => {
    const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/16"];
    assert.deepEqual(judged(...blocks([...privateNetworks, ...privateNetworks, "10.1.0.0/16"])), []);
  });

  it("subtracts the exceptions of a destination", () => {
    const halves = (except: readonly string[]): object => ({ to: [{ ipBlock: { cidr: "10.0.0.0/7", except } }] });
    assert.deepEqual(judged(halves(["11.0.0.0/8"])), []);
    assert.deepEqual(judged(halves(["12.0.0.0/8"])), [open]);
    assert.deepEqual(judged(halves(["11.0.0.0/8"]), ...blocks(["11.0.0.0/8"])), [openTogether]);
  });

  it("leaves workloads of other components alone, unless they are named", () => {
    const sample = daemonSet({}, "sample");
    assert.deepEqual(judge(networkPolicies, [sample]), { messages: [] });
    assert.equal(judge(networkPolicies, [sample], { components: ["sample"] }).messages.length, 2);
    assert.deepEqual(judge(networkPolicies, [sample], { components: ["sample"], except: ["sample"] }).messages, []);
  });

  it("waits for the update when the egress is not known yet", () => {
    const { messages, unknown: note } = judge(networkPolicies, [daemonSet(), networkPolicy({ egress: unknown })]);
    assert.deepEqual(messages, []);
    assert.match(note ?? "", /\.spec\.egress can't be known/);
  });
});
