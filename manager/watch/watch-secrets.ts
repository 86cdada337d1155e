import { createHash } from "node:crypto";
import type { KubeConfig, V1Secret } from "@kubernetes/client-node";
import type { ReadSecrets, SecretName } from "../../components/credentials";
import { Follower, patience, within } from "./informer";

/** Follows the Secrets that pipelines refer to, each by its name: no right to any other is needed. */
export class SecretWatch {
  private readonly followers = new Map<string, Follower<V1Secret>>();

  constructor(
    private readonly config: KubeConfig,
    private readonly tell: { readonly change: () => void; readonly trouble: (problem: string) => void },
  ) {}

  /** Follows exactly these from now on. Comes back when their contents are known. */
  async follow(secrets: readonly SecretName[]): Promise<void> {
    const wanted = new Map(secrets.map((secret) => [id(secret), secret]));
    for (const [known, follower] of this.followers) {
      if (wanted.has(known)) continue;
      follower.stop();
      this.followers.delete(known);
    }
    await Promise.all(
      [...wanted].map(async ([key, { namespace, name }]) => {
        if (this.followers.has(key)) return;
        const selection = {
          apiVersion: "v1",
          kind: "Secret",
          plural: "secrets",
          namespace,
          fieldSelector: `metadata.name=${name}`,
        };
        const trouble = (problem: string): void => this.tell.trouble(`Secret ${key} cannot be watched: ${problem}`);
        const follower = new Follower<V1Secret>(this.config, selection, { change: this.tell.change, trouble });
        this.followers.set(key, follower);
        await within(patience, follower.start());
      }),
    );
  }

  /** A text for each Secret that changes with its content and tells nothing of it. */
  fingerprints(): string[] {
    return [...this.followers]
      .map(([key, follower]) => `${key} ${contentHash(follower.objects()[0])}`)
      .sort((a, b) => (a < b ? -1 : 1));
  }

  /** As a check of pipelines wants them. */
  readonly read: ReadSecrets = (secrets) =>
    secrets.map((secret) => {
      const found = this.followers.get(id(secret))?.objects()[0];
      return found ? { data: found.data ?? {} } : { problem: "missing", detail: "" };
    });

  stop(): void {
    for (const follower of this.followers.values()) follower.stop();
  }
}

const id = ({ namespace, name }: SecretName): string => `${namespace}/${name}`;

/** Whether metadata changes makes no difference to anybody. */
export function contentHash(secret: V1Secret | undefined): string {
  if (secret === undefined) return "missing";
  const data = Object.entries(secret.data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(data)).digest("hex");
}
