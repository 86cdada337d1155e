/**
 * Names of the physical network interfaces of nodes. Other interfaces carry the same traffic once more: bridges, tunnels,
 * VLANs, bonds and the ends of pods' cables. Patterns match whole names. Sources of the names: systemd.net-naming-scheme(7)
 * and the documentation of the named vendors.
 */
const physical = [
  { pattern: "eth[0-9]+", of: "kernels without renaming: Amazon Linux 2, GKE's COS, Azure, kind" },
  // Not `eni…`, the pods' cables of AWS' CNI, and not `enP1s2`: on Azure, a second view of `eth0`.
  { pattern: "en(o|s|x|d|a|c|v|X)[0-9a-zA-Z]+", of: "systemd: on board, slot, address, device tree, virtual, Xen" },
  { pattern: "en(P[0-9]+)?p[0-9a-zA-Z]+", of: "systemd: PCI path" },
  { pattern: "(em|ib|wl|ww)[0-9a-zA-Z]+", of: "biosdevname on board, InfiniBand, wireless, mobile" },
  { pattern: "p[0-9]+p[0-9]+(_[0-9]+)?", of: "biosdevname: PCI slot" },
] as const;

/** A regular expression that matches the name of a physical network interface. */
export const physicalInterface = `^(${physical.map(({ pattern }) => pattern).join("|")})$`;
