/** Returns the text of a field in a line of a collector's log, which is JSON. */
export function logValue(key: string, line: string): string | undefined {
  return new RegExp(`"${key}":"([^"]*)"`).exec(line)?.[1];
}
