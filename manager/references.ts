import type { SecretName } from "../components/credentials";

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

/** Settings about monitors of the Prometheus Operator. */
export interface WantedMonitors {
  /** Whether any pipeline wants them. */
  readonly wanted: boolean;
  /** The inputs that are on, as users wrote them. */
  readonly inputs: readonly object[];
  /** Namespaces whose monitors may use Secrets, sorted. */
  readonly secretNamespaces: readonly string[];
}

/** Returns the settings about monitors of all pipelines in the documents, whatever the form of a document. */
export function wantedMonitors(documents: unknown): WantedMonitors {
  const inputs: (object & { readonly enabled?: unknown; readonly allowSecretsFrom?: unknown })[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === "prometheusOperator" && typeof child === "object" && child !== null) inputs.push(child as object);
      else collect(child);
    }
  };
  collect(documents);
  const on = inputs.filter(({ enabled }) => enabled === true);
  const allowed = on.flatMap(({ allowSecretsFrom }) =>
    Array.isArray(allowSecretsFrom) ? (allowSecretsFrom as unknown[]) : [],
  );
  const names = allowed.filter((name): name is string => typeof name === "string");
  return { wanted: on.length > 0, inputs: on, secretNamespaces: [...new Set(names)].sort() };
}
