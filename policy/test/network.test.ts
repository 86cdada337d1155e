import assert from "node:assert/strict";
import { networkPolicies } from "../rules/network-policies";
import { judge, unknown } from "./judge";
import { daemonSet, networkPolicy } from "./objects";

const missing = (direction: string): string =>
  `no NetworkPolicy of the stack with policyTypes ${direction} selects these pods. Add one.`;
const open =
  "spec.egress[0] of NetworkPolicy 'gateway-policy' opens (nearly) every destination. Use prefixes of /8 or longer (IPv6: /16) in network.egress and metric.prometheus.hostNetworks, or name ports.";

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
