import { isUtf8 } from "node:buffer";
import { error, type Finding } from "../schema";

/**
 * Returns the text of a file, or a finding if the file has another encoding than UTF-8. Other bytes would silently
 * become the character U+FFFD, for example in the name of a header.
 */
export function textOfFile(path: string, bytes: Buffer): string | Finding {
  if (isUtf16(bytes))
    return error(path, "is UTF-16, not UTF-8", `Convert it: iconv -f UTF-16 -t UTF-8 ${path} > utf-8.yaml`);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const at = firstOther(bytes);
  const line = bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
  return error(
    path,
    `is not UTF-8, at byte ${at + 1}, in line ${line}`,
    `Save it as UTF-8, or convert it from its encoding, such as iconv -f LATIN1 -t UTF-8 ${path} > utf-8.yaml`,
  );
}

/** Goes by the byte order mark. Without one, it goes by a zero in the first character, because YAML starts with ASCII. */
function isUtf16([first, second]: Buffer): boolean {
  if (first === undefined || second === undefined) return false;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first * second === 0;
}

const replacement = Buffer.from("\ufffd");

/** Returns the index of the first byte that UTF-8 does not have at its place. */
function firstOther(bytes: Buffer): number {
  const text = bytes.toString("utf8");
  for (let i = text.indexOf("\ufffd"), at = 0, from = 0; i !== -1; i = text.indexOf("\ufffd", from)) {
    at += Buffer.byteLength(text.slice(from, i));
    if (!bytes.subarray(at, at + replacement.length).equals(replacement)) return at;
    at += replacement.length;
    from = i + 1;
  }
  return bytes.length;
}
