import { parse } from "yaml";

/** Ways in which a text may stand somewhere without being hidden. */
function formsOf(secret: string): string[] {
  return [
    secret,
    secret.replaceAll("$", "$$$$"),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString().slice("secret=".length),
    Buffer.from(secret, "utf8").toString("base64"),
    Buffer.from(secret, "utf8").toString("hex"),
  ];
}

/** What is encoded in a text in base64, as the data of Secrets and values of the engine's state are. */
function decoded(text: string): string {
  return [...text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)]
    .map(([run]) => Buffer.from(run, "base64").toString("utf8"))
    .join("\n");
}

/** Too short to look for within other texts: any text has such letters by chance. */
const isShort = (secret: string): boolean => secret.length < 6;

/** The secrets that can be read in a text, in plain or in a usual encoding, alone or within more; but short ones. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const places = [text, decoded(text)];
  return secrets.filter(
    (secret) => !isShort(secret) && formsOf(secret).some((form) => places.some((place) => place.includes(form))),
  );
}

/** The short secrets that are all of a value somewhere in JSON, or in JSON or YAML that is a text in it. */
export function shortLeaksIn(json: string, secrets: readonly string[]): string[] {
  const values = new Set(textsOf(JSON.parse(json)));
  return secrets.filter((secret) => isShort(secret) && formsOf(secret).some((form) => values.has(form)));
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value, ...textsWithin(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function textsWithin(text: string): string[] {
  if (!/^[{[]|\n/.test(text)) return [];
  try {
    // As they are written: not 123 for 0123.
    const content: unknown = parse(text, { schema: "failsafe", logLevel: "silent" });
    return typeof content === "string" ? [] : textsOf(content);
  } catch {
    return [];
  }
}
