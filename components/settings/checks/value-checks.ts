import type { Finding } from "../../schema/findings";
import { checkCredential, checkUser } from "./credential-texts";
import { checkEndpoint } from "./endpoint";
import { checkHeaderPrefix, checkHeaderValue } from "./headers";
import { checkTokenUrl, checkTransport } from "./oauth2";
import type { OutputFacts, OutputTexts } from "./output-facts";
import { checkTls, checkUnusedTls } from "./tls";

/**
 * Everything that can be told from the texts that are known, whether they stand in the configuration or were read from
 * a Secret. It has no clock and reads nothing, so it can run as often as more texts become known.
 */
export function checkTexts(facts: OutputFacts, texts: OutputTexts, now: Date): Finding[] {
  const { path, protocol } = facts;
  const on = (field: string, check: (text: string, path: string) => Finding[]): Finding[] => {
    const text = texts.get(field);
    return text === undefined ? [] : check(text, `${path}.${field}`);
  };
  const endpoint = texts.get("endpoint")?.trim();
  return [
    ...on("endpoint", (text, at) => checkEndpoint(text, { ...facts, path: at })),
    ...on("authentication.basic.user", checkUser),
    ...on("authentication.basic.password", checkCredential),
    ...on("authentication.oauth2.tokenURL", checkTokenUrl),
    ...on("authentication.oauth2.clientID", checkCredential),
    ...on("authentication.oauth2.clientSecret", checkCredential),
    ...checkTransport(facts, endpoint),
    ...facts.headers.flatMap((header, i) => {
      const field = `headers[${i}]`;
      return [
        ...checkHeaderPrefix(header, texts.get(field), `${path}.${field}.prefix`, protocol),
        ...on(field, (text, at) => checkHeaderValue(text, at, protocol)),
      ];
    }),
    ...checkUnusedTls(facts, endpoint),
    ...checkTls(
      { ca: texts.get("tls.ca"), cert: texts.get("tls.cert"), key: texts.get("tls.key") },
      now,
      `${path}.tls`,
    ),
  ];
}
