import type { PemBlock } from "./pem";

/**
 * States why a block of PEM holds nothing that can be read, as a clause, with the remedy. It shows no part of the text.
 * `what` is the thing that should be in it: `certificate`, `private key`.
 */
export function unreadableBlock(
  { body, headers }: PemBlock,
  what: string,
): { readonly problem: string; readonly remedy: string } {
  if (headers.length > 0)
    return {
      problem:
        "has header lines (`name: value`) below its BEGIN line, which the collector skips together with the block",
      remedy: "Remove these lines",
    };
  const text = body.join("").replace(/[ \t\r]/g, "");
  if (text === "") return { problem: "has nothing between its BEGIN and END lines", remedy: copyAgain(what) };
  const odd = body.findIndex((line) => /[^A-Za-z0-9+/= \t\r]/.test(line));
  if (odd >= 0)
    return {
      problem: `has a character that base64 does not have in line ${odd + 1} below its BEGIN line`,
      remedy: copyAgain(what),
    };
  const padding = text.indexOf("=");
  if (text.length % 4 !== 0 || (padding >= 0 && /=[^=]/.test(text.slice(padding))))
    return { problem: "has base64 that is not complete, so characters are missing", remedy: copyAgain(what) };
  return unreadableBytes(Buffer.from(text, "base64"), what);
}

const original = (what: string): string =>
  what === "certificate" ? "as its authority issued it" : "as it was made, for example by `openssl genpkey`";
const copyAgain = (what: string): string => `Copy the whole ${what} again, from its BEGIN line to its END line`;

/** ASN.1 begins with the tag of a sequence and its length. */
function unreadableBytes(der: Buffer, what: string): { readonly problem: string; readonly remedy: string } {
  const length = sequenceLength(der);
  if (length === undefined)
    return {
      problem: `decodes to ${der.length} bytes that are not a ${what}`,
      remedy: `Give the ${what} ${original(what)}`,
    };
  if (length > der.length)
    return {
      problem: `is cut off: it has ${der.length} of ${length} bytes`,
      remedy: copyAgain(what),
    };
  if (length < der.length)
    return { problem: `has ${der.length - length} bytes too many behind its end`, remedy: copyAgain(what) };
  return {
    problem: `holds something other than a ${what}, or a damaged one`,
    remedy: `Check it with \`openssl ${what === "certificate" ? "x509" : "pkey"} -noout -in FILE\`, and give it ${original(what)}`,
  };
}

/** Length of a whole ASN.1 sequence in bytes, with its tag; `undefined` for other data. */
function sequenceLength(der: Buffer): number | undefined {
  const [tag, first] = der;
  if (tag !== 0x30 || first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 4 || der.length < 2 + count) return undefined;
  return 2 + count + der.readUIntBE(2, count);
}
