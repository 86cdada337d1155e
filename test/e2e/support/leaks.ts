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

/**
 * The secrets that can be read in a text, in plain or in a usual encoding, alone or within more. Those of less than
 * six characters are left out: any text has such letters by chance.
 */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const places = [text, decoded(text)];
  return secrets.filter(
    (secret) => secret.length >= 6 && formsOf(secret).some((form) => places.some((place) => place.includes(form))),
  );
}
