/** Blanks and byte order marks, which Go does not pass over before a line of PEM. */
const blanks = "[ \\t\\uFEFF]";
const indented = new RegExp(`(?<=^|\\n)${blanks}+(?=-----(?:BEGIN|END) )`, "g");
const glued = new RegExp(`(?<=-----END [A-Z0-9 ]+-----)${blanks}*(?=-----BEGIN )`, "g");

/**
 * PEM as it is checked and mounted: line breaks that were written as `\n` (two characters) become real ones, and what
 * editing and joining of files leaves around BEGIN and END is mended. The collector does not start with a text that Go
 * cannot read, which would stop all pipelines. Everything else stays as it is, byte for byte.
 */
export const normalizePem = (text: string): string =>
  text
    .replace(/(?:\\r)?\\n/g, "\n")
    .replace(glued, "\n")
    .replace(indented, "");

export interface PemBlock {
  readonly label: string;
  /** With lines of the usual length, which OpenSSL needs and Go does not; undefined if it is not base64. */
  readonly pem?: string;
  /** Lines such as `Proc-Type: 4,ENCRYPTED`. */
  readonly headers: readonly string[];
  /** The lines below the headers. */
  readonly body: readonly string[];
}

export interface Pem {
  readonly blocks: readonly PemBlock[];
  /** `crowded`: something stands next to a BEGIN or an END; `cut`: a block is not complete. */
  readonly fault?: "crowded" | "cut";
}

const marker = /-----(BEGIN|END) ([A-Z0-9 ]+)-----/;

/** As strict as Go's `pem.Decode`, except that every block must be good: Go leaves out the others without a word. */
export function readPem(text: string): Pem {
  const blocks: PemBlock[] = [];
  let open: { label: string; lines: string[] } | undefined;
  for (const written of normalizePem(text).split(/\r?\n/)) {
    const line = written.replace(/[ \t]+$/, "");
    if (!/-----(?:BEGIN|END) /.test(line)) {
      open?.lines.push(line);
      continue;
    }
    const [whole, kind, label = ""] = marker.exec(line) ?? [];
    if (whole === undefined) return { blocks, fault: "cut" };
    if (whole !== line) return { blocks, fault: "crowded" };
    if ((kind === "BEGIN") === (open !== undefined)) return { blocks, fault: "cut" };
    if (!open) open = { label, lines: [] };
    else if (open.label !== label) return { blocks, fault: "cut" };
    else {
      blocks.push(block(open.label, open.lines));
      open = undefined;
    }
  }
  return open ? { blocks, fault: "cut" } : { blocks };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function block(label: string, lines: readonly string[]): PemBlock {
  const first = lines.findIndex((line) => !line.includes(":"));
  const headers = first < 0 ? lines : lines.slice(0, first);
  const body = lines.slice(headers.length);
  const text = body.join("").replace(/[ \t\r]/g, "");
  if (!base64.test(text)) return { label, headers, body };
  const wrapped = text.replace(/.{1,64}/g, "$&\n");
  return { label, pem: `-----BEGIN ${label}-----\n${wrapped}-----END ${label}-----\n`, headers, body };
}
