import assert from "node:assert/strict";
import fc from "fast-check";
import { addressCount, coverEverything } from "../facts/cidrs";

/** CIDRs inside 10.0.0.0/24, in which each address can be counted. */
const small = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
  .map(([last, prefix]) => ({ last, prefix, cidr: `10.0.0.${last}/${prefix}` }));
type Small = typeof small extends fc.Arbitrary<infer T> ? T : never;

const members = ({ last, prefix }: Small): number[] => {
  const size = 2 ** (32 - prefix);
  const start = last - (last % size);
  return Array.from({ length: size }, (_, i) => start + i);
};

describe("The union of CIDRs", () => {
  it("has each address once, without the exceptions of its block", () => {
    const blocks = fc.array(fc.record({ block: small, except: fc.array(small, { maxLength: 3 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(blocks, (list) => {
        const expected = new Set(
          list.flatMap(({ block, except }) => {
            const without = new Set(except.flatMap(members));
            return members(block).filter((one) => !without.has(one));
          }),
        );
        const given = list.map(({ block, except }) => ({ cidr: block.cidr, except: except.map(({ cidr }) => cidr) }));
        assert.equal(addressCount(given, 4), BigInt(expected.size));
        const asIpv6 = given.map(({ cidr, except }) => ({ cidr: inIpv6(cidr), except: except.map(inIpv6) }));
        assert.equal(addressCount(asIpv6, 6), BigInt(expected.size));
      }),
    );
  });

  it("has no order, and never shrinks when a block is added", () => {
    const cidr = fc
      .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
      .map(([address, prefix]) => ({ cidr: `${address}/${prefix}` }));
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 8 }), cidr, (list, more) => {
        assert.equal(addressCount([...list].reverse(), 4), addressCount(list, 4));
        assert.ok(addressCount([...list, more], 4) >= addressCount(list, 4));
      }),
    );
  });

  it("is everything in halves, in parts, and where it cannot be read", () => {
    const all = (...cidrs: string[]): boolean => coverEverything(cidrs.map((cidr) => ({ cidr })));
    assert.ok(all("0.0.0.0/1", "128.0.0.0/1"));
    assert.ok(all("::/1", "8000::/1"));
    assert.ok(all("::ffff:0:0/96"));
    assert.ok(all("10.0.0.0/8", "11.0.0.0/8"));
    for (const odd of ["anything", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "undefined"]) assert.ok(all(odd), odd);
    assert.ok(!all());
    assert.ok(!all("10.0.0.0/8", "fd00::/16"));
  });
});

/** Moves a CIDR of 10.0.0.0/24 into 2001:db8::/120. */
function inIpv6(cidr: string): string {
  const [, last, prefix] = /^10\.0\.0\.(\d+)\/(\d+)$/.exec(cidr) ?? [];
  return `2001:db8::${Number(last).toString(16)}/${Number(prefix) + 96}`;
}
