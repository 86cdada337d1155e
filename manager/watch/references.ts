import type { SecretName } from "../../components/credentials";

/** Returns the Secrets that a document references in any place, each once and sorted. */
export function referencedSecrets(document: unknown): SecretName[] {
  const found = new Map<string, SecretName>();
  visit(document, (reference) => {
    const { namespace, name } = reference as Partial<SecretName>;
    if (typeof namespace === "string" && typeof name === "string") {
      found.set(`${namespace}/${name}`, { namespace, name });
    }
  });
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, secret]) => secret);
}

function visit(value: unknown, reference: (found: object) => void): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === "secretKeyRef" && typeof child === "object" && child !== null) reference(child as object);
    else visit(child, reference);
  }
}
