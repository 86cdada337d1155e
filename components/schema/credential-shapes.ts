/** Names of parameters that hold a credential, in texts such as `NAME=VALUE`. */
const passwords = "passw(?:or)?d|pwd|passphrase";
const keys = [
  "api[_-]?(?:key|token)",
  "licen[cs]e[_-]?key",
  "(?:(?:access|actor|auth|bearer|id|private|refresh|security|session|subject)[_-]?)?token",
  "(?:client[_-]?)?secret",
  "(?:(?:secret|shared)[_-]?)?access[_-]?key",
  "(?:account|secret|subscription)[_-]?key",
].join("|");
const signatures = "sig|signature|x-(?:amz|goog)-(?:signature|security-token)";
/**
 * The characters between a name and its value, also in OTTL: `attributes["NAME"], "VALUE"` and `attributes["NAME"] ==
 * "VALUE"`. A quote may have a backslash in front of it.
 */
const sign = `(?:(?:\\\\?["'])?\\s?[:=]|\\\\?["']\\]\\s?(?:,|[=!]=))\\s?(?:\\\\?["'])?`;

/** Forms of credentials that no other text has, each with its name for messages. The policy pack, which is published alone, has the same. */
const shapes: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    "a user and a password in a URL",
    /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#@:"'()[\]\\$*]{0,200}:[^\s/?#@"'()[\]\\$*]{1,500}@/i,
  ],
  // The digit keeps out names of users, such as `git`.
  ["a token in a URL", /:\/\/(?=[a-z_.~-]{0,200}\d)[\w.~-]{16,200}:?@[a-z0-9[]/i],
  [
    "a private key",
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----[^"'()[\]*]{0,200}?[A-Za-z0-9+/]{24}/,
  ],
  // The same in base64, as Secrets have it: after the word BEGIN, a certificate goes on in another way.
  ["a private key", /LS0tLS1CRUdJTi(?:BQUklW|BSU0Eg|BFQyBQ|BPUEVO|BFTkNS|BEU0Eg)[A-Za-z0-9+/]{24}/],
  [
    "the value of an Authorization header",
    /\b(?:bearer|basic|token|api-?token|api-?key)(?: |%20)[\w.~+/-]{16,}={0,2}/i,
  ],
  [
    "the value of an Authorization header",
    /\b(?:splunk|genie-?key)(?: |%20)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i,
  ],
  // A value has a digit, unlike a word in its place, such as REDACTED. A pattern has characters that no value has.
  [
    "a parameter with a key or a password",
    new RegExp(`(?<![a-z0-9])(?:${passwords}|${keys})=(?!/)(?=[\\w.~%+/-]{0,200}\\d)[\\w.~%+/-]{8,}`, "i"),
  ],
  // In JSON, YAML and prose, too. The name of a Secret has no run of so many letters and digits.
  [
    "a parameter with a key or a password",
    new RegExp(`(?<![a-z0-9])(?:${keys})${sign}(?=[a-z+/]{0,200}\\d)[a-z0-9+/]{20,}`, "i"),
  ],
  // The digit and the letter keep out words and numbers. A text that starts with a slash is a path: `PWD=/home/user1`.
  [
    "a parameter with a key or a password",
    new RegExp(
      `(?<![a-z0-9])(?:${passwords})${sign}(?!/)(?=[a-z_.~%+@!/-]{0,200}\\d)(?=[0-9_.~%+@!/-]{0,200}[a-z])[\\w.~%+@!/-]{7,}`,
      "i",
    ),
  ],
  ["a signature in a URL", new RegExp(`[?&;](?:${signatures})=[\\w%+/-]{20,}`, "i")],
  ["a JSON Web Token", /\beyJ[\w-]{8,500}\.eyJ[\w-]{8,}\./],
  ["a token of GitHub", /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})/],
  ["a token of GitLab", /\bgl(?:pat|dt|rt|ptt|cbt|agent|soat)-[\w-]{20,}/],
  ["a token of Grafana", /\bgl(?:c|sa)_[A-Za-z0-9+/=]{20,}/],
  ["a token of Dynatrace", /\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/],
  ["a key of New Relic", /\b(?:NRAK-[A-Z0-9]{20,}|[a-z0-9]{30,36}NRAL\b)/],
  ["a key of Honeycomb", /\bhc[a-z]i[ck]_[a-z0-9]{58}/],
  ["a token of Vault", /\bhv[sb]\.[\w-]{24,}/],
  ["a key of Stripe", /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ["a token of Slack", /\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/],
  [
    "the address of a webhook",
    /\/(?:(?:services|triggers|workflows)\/[TE][A-Z0-9]{7,20}\/[A-Z0-9]{7,20}\/[A-Za-z0-9]{16,}|webhooks\/\d{17,20}\/[\w-]{60,}|webhookb2\/[\w-]{36}@[\w-]{36}\/IncomingWebhook\/[0-9a-f]{32})/,
  ],
  ["a key of AWS", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a key of Google", /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{20,})/],
];

/** Returns the kind of credential that a text contains, for a message, or undefined. It never returns the text. */
export function credentialIn(text: string): string | undefined {
  return shapes.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Other words may stand before the word that counts: `user_password`, `x-api-key`, `auth[token]`. */
const parameter = new RegExp(
  `^(?:.*[^a-z0-9])?(?:${passwords}|${keys}|${signatures}|(?:client[_-]?)?assertion)[^a-z0-9]*$`,
  "is",
);

/** Returns whether a parameter holds a credential by its name, whatever its value. */
export const isCredentialParameter = (name: string): boolean =>
  [name, name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_")].some((one) => parameter.test(one));
