/**
 * Returns the beginning of a text of an object that a message quotes, with an ellipsis in place of the rest. An object may
 * have a megabyte of text, and a message must stay readable. Names in Kubernetes rarely have more than 63 characters.
 */
export function excerpt(text: string, most = 100): string {
  if (text.length <= most) return text;
  // Half of a character outside the basic plane would be no text.
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
}
