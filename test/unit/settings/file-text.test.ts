import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { formatFinding } from "../../../components/schema";
import { textOfFile } from "../../../components/settings/file-text";
import { errorLines } from "./helpers";

const read = (bytes: Buffer): string => {
  const text = textOfFile("shop.yaml", bytes);
  return typeof text === "string" ? text : formatFinding(text);
};
const utf16 = "shop.yaml: is UTF-16, not UTF-8. Convert it: iconv -f UTF-16 -t UTF-8 shop.yaml > utf-8.yaml.";
const other = (byte: number, line: number): string =>
  `shop.yaml: is not UTF-8, at byte ${byte}, in line ${line}. Save it as UTF-8, or convert it from its encoding, such as iconv -f LATIN1 -t UTF-8 shop.yaml > utf-8.yaml.`;

describe("The text of a pipeline file", () => {
  it("is read as UTF-8, with or without a byte order mark", () => {
    for (const text of ["", "a", "name: Träger\n", "\ufeffname: a", "\ufffd and \ufffd", "😀"])
      assert.equal(read(Buffer.from(text)), text);
  });

  it("is refused in another encoding, with the place of the first byte that is wrong", () => {
    assert.equal(read(Buffer.from("a: b\nname: Träger\n", "latin1")), other(14, 2));
    assert.equal(read(Buffer.from([0xe4])), other(1, 1));
    // A correct U+FFFD, and characters of several bytes, come before the wrong byte.
    assert.equal(read(Buffer.concat([Buffer.from("😀\ufffdü"), Buffer.from([0xfc])])), other(10, 1));
    // A character that ends too soon.
    assert.equal(read(Buffer.from([0x61, 0xef, 0xbf])), other(2, 1));
  });

  it("is refused in UTF-16, also without a byte order mark", () => {
    const little = Buffer.from("kind: TracePipeline", "utf16le");
    assert.equal(read(Buffer.concat([Buffer.from([0xff, 0xfe]), little])), utf16);
    assert.equal(read(little), utf16);
    assert.equal(read(Buffer.from(little).swap16()), utf16);
    assert.equal(read(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(little).swap16()])), utf16);
  });

  it("is refused exactly if it is not UTF-8, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (array) => {
        const bytes = Buffer.from(array).map((byte) => byte || 1) as Buffer;
        if (bytes[0] === 0xff || bytes[0] === 0xfe) return;
        const text = textOfFile("a", Buffer.from(bytes));
        if (typeof text === "string") return assert.ok(isUtf8(bytes));
        const at = Number(/at byte (\d+)/.exec(text.problem)?.[1]) - 1;
        assert.ok(isUtf8(bytes.subarray(0, at)));
        assert.ok(!isUtf8(bytes));
      }),
    );
  });

  it("is refused before a pipeline is read", () => {
    const readFile = (): Buffer => Buffer.from("kind: TracePipeline # für alle", "latin1");
    assert.deepEqual(errorLines({ pipelineFiles: ["shop.yaml"] }, { readFile }), [other(24, 1)]);
  });
});
