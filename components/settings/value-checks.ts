import type { Finding } from "../schema";
import { outputValueTable } from "./output-value-table";
import {
  checkHeaderPrefix,
  checkTransport,
  type OutputFacts,
  type OutputTexts,
  checkTls,
  checkUnusedTls,
} from "./checks";

/**
 * Everything that follows from the texts that are known, whether they stand in the configuration or were read from
 * a Secret. It has no clock and reads nothing, so it can run as often as more texts become known.
 */
export function checkTexts(facts: OutputFacts, texts: OutputTexts, now: Date): Finding[] {
  const { path, protocol } = facts;
  const endpoint = texts.get("endpoint")?.trim();
  return [
    ...outputValueTable.flatMap(({ field, check }) =>
      check ? textsOf(field, texts).flatMap(([at, text]) => check(text, { path: `${path}.${at}`, facts })) : [],
    ),
    ...checkTransport(facts, endpoint),
    ...facts.headers.flatMap((header, i) =>
      checkHeaderPrefix(header, texts.get(`headers[${i}]`), `${path}.headers[${i}].prefix`, protocol),
    ),
    ...checkUnusedTls(facts, endpoint),
    ...checkTls(
      { ca: texts.get("tls.ca"), cert: texts.get("tls.cert"), key: texts.get("tls.key") },
      now,
      `${path}.tls`,
    ),
  ];
}

/** The known texts of a field; of all items where it is a list. */
function textsOf(field: string, texts: OutputTexts): [string, string][] {
  const list = field.endsWith("[]") ? field.slice(0, -1) : undefined;
  return [...texts].filter(([at]) => (list === undefined ? at === field : at.startsWith(list)));
}
