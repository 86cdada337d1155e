import { KubernetesObjectApi, ListWatch, Watch, type KubeConfig, type KubernetesObject } from "@kubernetes/client-node";

/** Objects of a kind, and which of them. */
export interface Selection {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** Its name in URLs: `configmaps`. */
  readonly plural: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Milliseconds that what can't be watched may hold up the rest. */
export const patience = 10_000;

/** Milliseconds until a watch that broke off is tried again. */
const pause = 5_000;

/** Follows objects of the cluster, also over the absence of the API server. */
export class Follower<T extends KubernetesObject = KubernetesObject> {
  private readonly watch: ListWatch<T>;
  private synced = false;
  private stopped = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    config: KubeConfig,
    selection: Selection,
    private readonly tell: {
      /** An object came, changed or went. Not told before all that were there at the start are known. */
      readonly change: (object: T) => void;
      /** Told once until it works again. */
      readonly trouble: (problem: string) => void;
    },
  ) {
    const { apiVersion, kind, namespace, labelSelector, fieldSelector } = selection;
    const api = KubernetesObjectApi.makeApiClient(config);
    const list = () =>
      api.list<T>(apiVersion, kind, namespace, undefined, undefined, undefined, fieldSelector, labelSelector);
    this.watch = new ListWatch<T>(pathOf(selection), new Watch(config), list, false, labelSelector, fieldSelector);
    this.watch.on("change", (object) => this.synced && this.tell.change(object));
    this.watch.on("error", (error: unknown) => this.again(error));
  }

  /** Comes back when all objects that are there are known. */
  async start(): Promise<void> {
    while (!this.synced && !this.stopped) {
      this.broken = false;
      await this.watch.start();
      if (!this.broken) this.synced = true;
      else await new Promise((resolve) => (this.retry = setTimeout(resolve, pause)));
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    void this.watch.stop();
  }

  objects(): readonly T[] {
    return this.watch.list();
  }

  private broken = false;
  private told = false;

  private again(error: unknown): void {
    this.broken = true;
    if (this.stopped) return;
    if (!this.told) this.tell.trouble(error instanceof Error ? error.message : String(error));
    this.told = true;
    // The start has a loop of its own.
    if (!this.synced) return;
    this.retry = setTimeout(() => {
      this.told = false;
      void this.watch.start().catch((again: unknown) => this.again(again));
    }, pause);
  }
}

function pathOf({ apiVersion, namespace, plural }: Selection): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return [group, ...(namespace === undefined ? [] : ["namespaces", namespace]), plural].join("/");
}

/** Waits for work to end, but not longer. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
