import { parse } from "yaml";

/** Returns the forms in which a text can be read. */
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

/** Decodes all base64 in a text. The data of Secrets and values in the engine's state are encoded so. */
function decoded(text: string): string {
  return [...text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)]
    .map(([run]) => Buffer.from(run, "base64").toString("utf8"))
    .join("\n");
}

/** Returns whether a secret is too short to search for within texts: any text has such letters by chance. */
const isShort = (secret: string): boolean => secret.length < 6;

/** Returns the secrets that can be read anywhere in a text, plain or in a usual encoding, except short ones. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const places = [text, decoded(text)];
  return secrets.filter(
    (secret) => !isShort(secret) && formsOf(secret).some((form) => places.some((place) => place.includes(form))),
  );
}

/** Returns the short secrets that are a whole value in JSON, or in JSON or YAML that is a text in it. */
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
    // Keeps values as they are written: 0123 does not become 123.
    const content: unknown = parse(text, { schema: "failsafe", logLevel: "silent" });
    return typeof content === "string" ? [] : textsOf(content);
  } catch {
    return [];
  }
}
