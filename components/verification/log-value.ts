/** Returns the text of a field in a line of a collector's log, which is JSON. */
export function logValue(key: string, line: string): string | undefined {
  return new RegExp(`"${key}":"([^"]*)"`).exec(line)?.[1];
}

/** Returns the number in a field of such a line. */
export function logNumber(key: string, line: string): number | undefined {
  const [, text] = new RegExp(`"${key}":(\\d+)`).exec(line) ?? [];
  return text === undefined ? undefined : Number(text);
}
