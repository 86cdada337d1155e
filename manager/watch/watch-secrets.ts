import { createHash } from "node:crypto";
import type { KubeConfig, V1ConfigMap, V1Secret } from "@kubernetes/client-node";
import type { ReadSecrets, SecretName } from "../../components/credentials";
import { Informer, patience, within } from "./informer";

type Content = Pick<V1Secret & V1ConfigMap, "data" | "binaryData">;

/**
 * Watches the Secrets that pipelines reference, and the Secrets and ConfigMaps that monitors reference, each by its
 * name, so that the manager needs no right to other objects.
 */
export class SecretWatch {
  private readonly informers = new Map<string, Informer<V1Secret & V1ConfigMap>>();

  constructor(
    private readonly config: KubeConfig,
    private readonly handlers: { readonly onChange: () => void; readonly onProblem: (problem: string) => void },
  ) {}

  /** Watches exactly these objects from now on. Resolves when their contents are known. */
  async follow(secrets: readonly SecretName[]): Promise<void> {
    const followed = new Map(secrets.map((secret) => [id(secret), secret]));
    for (const [known, informer] of this.informers) {
      if (followed.has(known)) continue;
      informer.stop();
      this.informers.delete(known);
    }
    await Promise.all(
      [...followed].map(async ([key, { kind = "Secret", namespace, name }]) => {
        if (this.informers.has(key)) return;
        const selection = {
          apiVersion: "v1",
          kind,
          plural: kind === "Secret" ? "secrets" : "configmaps",
          namespace,
          fieldSelector: `metadata.name=${name}`,
        };
        const { onChange, onProblem } = this.handlers;
        const informer = new Informer<V1Secret & V1ConfigMap>(this.config, selection, {
          onChange,
          onProblem: (problem) => onProblem(`${kind} ${namespace}/${name} cannot be watched: ${problem}`),
        });
        this.informers.set(key, informer);
        await within(patience, informer.start());
      }),
    );
  }

  /** Returns a text for each object that changes with its content and reveals nothing of it. */
  fingerprints(): string[] {
    return [...this.informers]
      .map(([key, informer]) => `${key} ${contentHash(informer.objects()[0])}`)
      .sort((a, b) => (a < b ? -1 : 1));
  }

  /** Returns the watched Secrets to a check of pipelines. */
  readonly read: ReadSecrets = (secrets) =>
    secrets.map((secret) => {
      const found = this.informers.get(id(secret))?.objects()[0];
      return found ? { data: found.data ?? {} } : { problem: "missing", detail: "" };
    });

  stop(): void {
    for (const informer of this.informers.values()) informer.stop();
  }
}

const id = ({ kind, namespace, name }: SecretName): string => `${kind ? `${kind} ` : ""}${namespace}/${name}`;

/** Hashes the content of a Secret or ConfigMap without its metadata, whose changes have no effect. */
export function contentHash(object: Content | undefined): string {
  if (object === undefined) return "missing";
  const data = Object.entries({ ...object.binaryData, ...object.data }).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(data)).digest("hex");
}
