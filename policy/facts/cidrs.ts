import { isIP } from "node:net";

type Family = 4 | 6;

/** Addresses from `start` to before `end`. */
interface Range {
  readonly family: Family;
  readonly start: bigint;
  readonly end: bigint;
}

/** Destinations of an `ipBlock` of a NetworkPolicy. */
export interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** Smallest number of addresses that counts as everything: a /7 of IPv4, a /15 of IPv6. */
const everything: Readonly<Record<Family, bigint>> = { 4: 1n << 25n, 6: 1n << 113n };
const bits: Readonly<Record<Family, bigint>> = { 4: 32n, 6: 128n };

/**
 * Returns true if blocks together cover as many addresses as a /7 of IPv4, or a /15 of IPv6. Many small blocks open as
 * much as one large block. A CIDR that cannot be read counts as everything.
 */
export function coverEverything(blocks: readonly IpBlock[]): boolean {
  return ([4, 6] as const).some((family) => addressCount(blocks, family) >= everything[family]);
}

/** Returns how many addresses of a family the blocks cover together. */
export function addressCount(blocks: readonly IpBlock[], family: Family): bigint {
  return merged(blocks.flatMap(rangesOf).filter((range) => range.family === family)).reduce(
    (sum, { start, end }) => sum + end - start,
    0n,
  );
}

function rangesOf({ cidr, except = [] }: IpBlock): Range[] {
  const whole = rangeOf(cidr);
  if (whole === undefined) return ([4, 6] as const).map((family) => ({ family, start: 0n, end: 1n << bits[family] }));
  const without = except.flatMap((one) => rangeOf(one) ?? []).filter(({ family }) => family === whole.family);
  return merged(without).reduce<Range[]>((left, hole) => left.flatMap((range) => minus(range, hole)), [whole]);
}

function minus(range: Range, hole: Range): Range[] {
  return [
    { ...range, end: smaller(range.end, hole.start) },
    { ...range, start: larger(range.start, hole.end) },
  ].filter(({ start, end }) => start < end);
}

/** Sorts ranges of one family, and joins those that touch or overlap. */
function merged(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  return sorted.reduce<Range[]>((joined, range) => {
    const last = joined.at(-1);
    if (last === undefined || last.end < range.start) return [...joined, range];
    return [...joined.slice(0, -1), { ...last, end: larger(last.end, range.end) }];
  }, []);
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** First 96 bits of an IPv4 address in IPv6 notation. */
const mapped = 0xffffn;

function rangeOf(cidr: string): Range | undefined {
  const [, address = "", length = ""] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const family = isIP(address);
  if (family !== 4 && family !== 6) return undefined;
  const free = bits[family] - BigInt(length);
  if (free < 0n) return undefined;
  const start = ((family === 4 ? ipv4(address) : ipv6(address)) >> free) << free;
  if (family === 6 && free <= 32n && start >> 32n === mapped) {
    const ipv4Start = start & 0xffffffffn;
    return { family: 4, start: ipv4Start, end: ipv4Start + (1n << free) };
  }
  return { family, start, end: start + (1n << free) };
}

const joined = (parts: readonly number[], width: bigint): bigint =>
  parts.reduce((value, part) => (value << width) | BigInt(part), 0n);

const ipv4 = (address: string): bigint => joined(address.split(".").map(Number), 8n);

function ipv6(address: string): bigint {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text = ""): number[] => (text === "" ? [] : text.split(":").map((group) => parseInt(group, 16)));
  const [first, last] = [groups(head), groups(tail)];
  return joined([...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last], 16n);
}
