/** How many examples a message names. */
export const namedExamples = 3;

/** Names the first examples and counts the others: `a, b, c and 4 more`. */
export function examples(all: readonly string[]): string {
  const more = all.length - namedExamples;
  return `${all.slice(0, namedExamples).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
