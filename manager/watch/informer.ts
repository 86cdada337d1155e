import { setTimeout as sleep } from "node:timers/promises";
import { KubernetesObjectApi, ListWatch, Watch, type KubeConfig, type KubernetesObject } from "@kubernetes/client-node";
import { apiMessage } from "../../components/cluster-access";

/** Selects objects of one kind. */
export interface Selection {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The kind's name in URLs: `configmaps`. */
  readonly plural: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface InformerHandlers<T extends KubernetesObject> {
  /** Called for each object that was created, changed or deleted after the start. */
  readonly onChange: (object: T) => void;
  /** Called once for each time without a working watch. */
  readonly onProblem: (problem: string) => void;
}

/** The most milliseconds that callers wait for an informer, which may lack the right to watch. */
export const patience = 10_000;

/** Milliseconds from a failure to the next attempt. */
const defaultPause = 5_000;

/**
 * Keeps the objects of a selection, and goes on after failures. Adds to the client's informer, `ListWatch`:
 * - It starts again after every error. `ListWatch` does so after a closed watch and after 410, and stops after all others.
 * - It supports field selectors, with which one Secret can be watched by its name. `makeInformer` does not.
 * - It can be stopped at any time. `ListWatch` opens a new watch if it is stopped while it lists or waits.
 * - No failure ends the process. `ListWatch` leaves promises that reject, for example if a login program fails.
 */
export class Informer<T extends KubernetesObject = KubernetesObject> {
  private readonly client: ListWatch<T>;
  private readonly stopping = new AbortController();
  private isSynced = false;
  private isConnecting = false;
  private hasFailed = false;
  private isReported = false;

  constructor(
    config: KubeConfig,
    selection: Selection,
    private readonly handlers: InformerHandlers<T>,
    private readonly pause = defaultPause,
  ) {
    const { apiVersion, kind, namespace, labelSelector, fieldSelector } = selection;
    const api = KubernetesObjectApi.makeApiClient(config);
    const list = () =>
      api.list<T>(apiVersion, kind, namespace, undefined, undefined, undefined, fieldSelector, labelSelector);
    const watch = new StoppableWatch(config, this.stopping.signal);
    this.client = new ListWatch<T>(pathOf(selection), watch, list, false, labelSelector, fieldSelector);
    this.client.on("change", (object) => {
      if (this.isSynced && !this.stopping.signal.aborted) this.handlers.onChange(object);
    });
    this.client.on("error", (error: unknown) => this.onError(error));
  }

  /** Resolves when all existing objects are known, or when the informer is stopped. */
  async start(): Promise<void> {
    await this.connect();
    this.isSynced = true;
  }

  stop(): void {
    this.stopping.abort();
    void this.client.stop();
  }

  objects(): readonly T[] {
    return this.client.list();
  }

  /** Lists and watches, and tries again until both work. */
  private async connect(): Promise<void> {
    const { signal } = this.stopping;
    this.isConnecting = true;
    do {
      if (this.hasFailed) await sleep(this.pause, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.hasFailed = false;
      await this.client.start();
    } while (this.hasFailed);
    this.isConnecting = false;
    this.isReported = false;
  }

  private onError(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.hasFailed = true;
    if (!this.isReported) this.handlers.onProblem(apiMessage(error));
    this.isReported = true;
    if (!this.isConnecting) void this.connect();
  }
}

/** A watch that reports all failures to `done`, and that opens no request after the signal. */
class StoppableWatch extends Watch {
  constructor(
    config: KubeConfig,
    private readonly signal: AbortSignal,
  ) {
    super(config);
  }

  override async watch(...[path, query, onEvent, done]: Parameters<Watch["watch"]>): Promise<AbortController> {
    if (this.signal.aborted) return new AbortController();
    try {
      const request = await super.watch(path, query, onEvent, done);
      if (this.signal.aborted) request.abort();
      return request;
    } catch (error) {
      done(error);
      return new AbortController();
    }
  }
}

function pathOf({ apiVersion, namespace, plural }: Selection): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return [group, ...(namespace === undefined ? [] : ["namespaces", namespace]), plural].join("/");
}

/** Waits until work ends, but not longer than a time. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
