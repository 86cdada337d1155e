import assert from "node:assert/strict";
import { physicalInterface } from "../../../components/inputs/network-interfaces";

const tables: Readonly<Record<string, readonly string[]>> = {
  counts: [
    ...["eth0", "eth12", "ens5", "ens192", "ens160np0", "eno1", "eno1np0", "enp3s0", "enp0s31f6", "enP2p1s0"],
    ...["enx00e04c680001", "enX0", "end0", "em1", "p2p1", "p4p1_1", "ib0", "ibp65s0", "wlan0", "wlp2s0"],
  ],
  "does not count": [
    ...["eni0123456789a", "enid4c2", "veth1a2b3c", "cali12ab34", "lxc1234", "lxc_health", "cilium_host", "azv1a2b"],
    ...["gke1a2b3c", "cni0", "cbr0", "docker0", "flannel.1", "vxlan.calico", "tunl0", "kube-ipvs0", "nodelocaldns"],
    ...["lo", "bond0", "team0", "br-ex", "br0", "ovs-system", "genev_sys_6081", "eth0.100", "ens5.20", "enP1s2", "wg0"],
  ],
};

describe("the network interfaces of a node", () => {
  for (const [verb, names] of Object.entries(tables)) {
    for (const name of names) {
      it(`${verb} ${name}`, () => assert.equal(new RegExp(physicalInterface).test(name), verb === "counts"));
    }
  }
});
