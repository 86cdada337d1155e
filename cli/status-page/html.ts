/** A piece of HTML. Only `html` and `trusted` make one, so that a text of a user's never gets in as it is. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Part = string | number | Html | readonly Html[] | undefined;

/** HTML with values in it: texts and numbers are escaped, pieces of HTML are taken as they are. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, i) => text + (i < parts.length ? rendered(parts[i]) : "")).join(""));
}

/** Markup that this program has made itself, by other means than `html`. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** A long word that may go on in another line after a `/` and before a capital. */
export function breakable(text: string): Html {
  return trusted(
    text
      .split(/(?<=[a-z])(?=[A-Z])|(?<=\/)/)
      .map(escapeHtml)
      .join("<wbr>"),
  );
}

function rendered(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
