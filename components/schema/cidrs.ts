/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { field } from "./fields";

/** An address with the length of its prefix. Network policies accept no other notation. */
const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "is not a CIDR" }).check(
  z.check<string>(({ value, issues }) => {
    const meant = networkOf(value);
    if (meant.text === undefined) return;
    const message = meant.isMapped
      ? "is an IPv4 address in IPv6 notation, which the API server rejects"
      : "has bits behind its prefix, which the API server rejects";
    issues.push({ code: "custom", message, params: { remedy: `Write ${meant.text}` }, input: value });
  }),
);

/** A list of CIDRs, empty by default. */
export const cidrs = (each: string, description: string) =>
  field(z.array(field(cidr, { description: each, example: "10.1.0.0/16" })).default([]), {
    description,
    example: "[10.1.0.0/16]",
    rule: "Without bits behind the prefix: `10.1.0.0/16`, not `10.1.2.3/16`.",
  });

interface Network {
  /** The CIDR that the API server accepts. Missing if the given one is accepted as it is. */
  readonly text?: string;
  /** Whether all addresses are IPv4 addresses in IPv6 notation, `::ffff:a.b.c.d`. */
  readonly isMapped: boolean;
}

/** Returns a CIDR as the API server accepts it: without bits behind the prefix, IPv4 in its own notation. */
export const acceptedCidr = (cidr: string): string => networkOf(cidr).text ?? cidr;

const mapped = [0, 0, 0, 0, 0, 0xffff];

/** Returns the network that a CIDR means, if the API server rejects how it is written. */
function networkOf(cidr: string): Network {
  const [address = "", length] = cidr.split("/");
  const prefix = Number(length);
  if (isIPv4(address)) {
    const bytes = address.split(".").map(Number);
    const masked = mask(bytes, 8, prefix);
    return { isMapped: false, ...(differ(bytes, masked) && { text: `${masked.join(".")}/${prefix}` }) };
  }
  const groups = groupsOf(address);
  const isMapped = prefix >= 96 && !differ(groups.slice(0, 6), mapped);
  if (isMapped) {
    const bytes = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
    return { isMapped, text: `${mask(bytes, 8, prefix - 96).join(".")}/${prefix - 96}` };
  }
  const masked = mask(groups, 16, prefix);
  return { isMapped, ...(differ(groups, masked) && { text: `${compressed(masked)}/${prefix}` }) };
}

/** Returns the eight groups of an IPv6 address, in any notation. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = canonical(address).split("::");
  const groups = (text = ""): number[] => (text === "" ? [] : text.split(":").map((group) => parseInt(group, 16)));
  const [first, last] = [groups(head), groups(tail)];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

const compressed = (groups: readonly number[]): string =>
  canonical(groups.map((group) => group.toString(16)).join(":"));

/** Returns an IPv6 address in its shortest notation, without dots. */
const canonical = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

/** Clears the bits behind the prefix. `width` is the number of bits of each part. */
const mask = (parts: readonly number[], width: number, prefix: number): number[] =>
  parts.map((part, i) => {
    const cleared = width - Math.min(width, Math.max(0, prefix - i * width));
    return (part >> cleared) << cleared;
  });

const differ = (a: readonly number[], b: readonly number[]): boolean => a.some((part, i) => part !== b[i]);
