/** A piece of HTML. Only `html` and `trusted` make one, so that text from users never enters a page unescaped. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Part = string | number | Html | readonly Html[] | undefined;

/** Makes HTML with values in it. Escapes texts and numbers, and inserts pieces of HTML unchanged. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, i) => text + (i < parts.length ? rendered(parts[i]) : "")).join(""));
}

/** Turns markup that this program has made without `html` into HTML. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** Makes a long word that may break after a `/` and before a capital. */
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
