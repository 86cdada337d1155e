/**
 * Ends the process when all of its output has been read. `process.exit` alone drops text that a pipe has not accepted yet:
 * the last lines of a long output, which have the result.
 */
export function exitWhenWritten(code: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
