/** Forms of credentials that no other text has, each with its name for messages. The program, which reads no file of the pack, has the same. */
const shapes: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    "a user and a password in a URL",
    /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#@:"'()[\]\\$*]{1,200}:[^\s/?#@"'()[\]\\$*]{1,500}@/i,
  ],
  ["the value of an Authorization header", /\b(?:bearer|basic|token|api-?token|api-?key) [\w.~+/-]{16,}={0,2}/i],
  [
    "a parameter with a key or a password",
    /\b(?:api[_-]?key|access[_-]?token|auth[_-]?token|token|passw(?:or)?d|(?:client[_-]?)?secret)=(?=[\w.~%+/-]{0,200}\d)[\w.~%+/-]{8,}/i,
  ],
  ["a JSON Web Token", /\beyJ[\w-]{8,500}\.eyJ[\w-]{8,}\./],
  ["a token of GitHub", /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})/],
  ["a token of GitLab", /\bglpat-[\w-]{20,}/],
  ["a token of Grafana", /\bgl(?:c|sa)_[A-Za-z0-9+/=]{20,}/],
  ["a token of Dynatrace", /\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/],
  ["a key of New Relic", /\bNRAK-[A-Z0-9]{20,}/],
  ["a token of Slack", /\bxox[abeprs]-[A-Za-z0-9-]{10,}/],
  ["a key of AWS", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a key of Google", /\bAIza[\w-]{35}/],
];

/** Returns the kind of credential that a text contains, for a message, or undefined. It never returns the text. */
export function credentialIn(text: string): string | undefined {
  return shapes.find(([, pattern]) => pattern.test(text))?.[0];
}
