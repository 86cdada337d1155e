/**
 * Ends the process when all of its output has been read. `process.exit` alone drops what a pipe could not take yet: the
 * last lines of a long output, where the result stands.
 */
export function exitWhenWritten(code: number): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
