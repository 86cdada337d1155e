import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, CoordinationV1Api, V1MicroTime, type KubeConfig, type V1Lease } from "@kubernetes/client-node";

/** Intervals in seconds, in the ratios of Kubernetes' own controllers. */
export const leaseTimes = { duration: 15, renewEvery: 5, giveUpAfter: 10 } as const;

/** The annotation that lists the updates which the lease's holders began and did not end. */
const updatingAnnotation = "telemetry/updating";

/** An update that has begun, for the manager that may have to clean up after it. */
export interface RunningUpdate {
  /** The name of the engine's machine, which locks contain, too. */
  readonly host: string;
  /** When the update began, by RFC 3339. */
  readonly since: string;
}

export type LeaseStep = { readonly kind: "take" | "renew" } | { readonly kind: "wait"; readonly holder: string };

/** Returns the next step of a manager that wants the lease. */
export function leaseStep(lease: V1Lease, me: string, seenUnchangedFor: number): LeaseStep {
  const { holderIdentity, leaseDurationSeconds = leaseTimes.duration } = lease.spec ?? {};
  if (holderIdentity === me) return { kind: "renew" };
  if (!holderIdentity) return { kind: "take" };
  // Clocks of machines differ, so only the time counts for which this manager has seen the lease unchanged.
  return seenUnchangedFor > leaseDurationSeconds ? { kind: "take" } : { kind: "wait", holder: holderIdentity };
}

/** Returns the updates that earlier holders did not end. There are several if a successor ended before it cleaned up. */
export function abandonedUpdates(lease: V1Lease): readonly RunningUpdate[] {
  try {
    return JSON.parse(lease.metadata?.annotations?.[updatingAnnotation] ?? "") as RunningUpdate[];
  } catch {
    return [];
  }
}

export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Called once if another manager holds the lease. */
  readonly onWait: (holder: string) => void;
  /** Called when the lease could not be renewed. All work that needs the lease must end. */
  readonly onLost: () => void;
}

/** A lease in the cluster: one manager of a stack holds it and acts, all others wait. */
export class Lease {
  private readonly api: CoordinationV1Api;
  private readonly me = `${hostname()}_${randomUUID()}`;
  private current: V1Lease | undefined;
  private renewed = 0;
  private timer: NodeJS.Timeout | undefined;
  private updating: readonly RunningUpdate[] = [];

  constructor(
    config: KubeConfig,
    private readonly options: LeaseOptions,
  ) {
    this.api = config.makeApiClient(CoordinationV1Api);
  }

  /** Waits until this manager holds the lease, or until `signal`. Returns the updates that earlier holders did not end. */
  async acquire(signal: AbortSignal): Promise<readonly RunningUpdate[]> {
    let version: string | undefined;
    let seenAt = Date.now();
    let isReported = false;
    while (!signal.aborted) {
      try {
        const lease = await this.read();
        if (lease.metadata?.resourceVersion !== version) {
          version = lease.metadata?.resourceVersion;
          seenAt = Date.now();
        }
        const step = leaseStep(lease, this.me, (Date.now() - seenAt) / 1000);
        if (step.kind === "wait") {
          if (!isReported) this.options.onWait(step.holder);
          isReported = true;
        } else {
          const abandoned = abandonedUpdates(lease);
          this.updating = abandoned;
          await this.write(lease);
          this.keep();
          return abandoned;
        }
      } catch {
        // Another manager was faster, or the API server does not answer: read the lease again.
      }
      await sleep((leaseTimes.renewEvery * 1000) / 2, undefined, { signal }).catch(() => undefined);
    }
    return [];
  }

  /** Writes to the lease which updates have begun and not ended. */
  async recordUpdates(updating: readonly RunningUpdate[]): Promise<void> {
    this.updating = updating;
    await this.renew();
  }

  /** The object of events about the manager. */
  reference(): { name: string; namespace: string; uid?: string } {
    const { name, namespace } = this.options;
    return { name, namespace, uid: this.current?.metadata?.uid };
  }

  /** Gives the lease up, so that the next manager need not wait for its end. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    if (!this.current?.spec) return;
    this.current.spec.holderIdentity = "";
    await this.replace(this.current).catch(() => undefined);
  }

  private keep(): void {
    this.timer = setInterval(() => {
      this.renew().catch(() => {
        if (Date.now() - this.renewed < leaseTimes.giveUpAfter * 1000) return;
        clearInterval(this.timer);
        this.options.onLost();
      });
    }, leaseTimes.renewEvery * 1000);
  }

  private renewing: Promise<void> = Promise.resolve();

  /** Renews one at a time: each write needs the version that the previous write made. */
  private renew(): Promise<void> {
    this.renewing = this.renewing
      .catch(() => undefined)
      .then(async () => {
        try {
          await this.write(this.current ?? (await this.read()));
        } catch (error) {
          // The lease has changed, or the API server does not answer: the next renewal reads the lease first.
          this.current = undefined;
          throw error;
        }
      });
    return this.renewing;
  }

  private async read(): Promise<V1Lease> {
    const { namespace, name } = this.options;
    try {
      return await this.api.readNamespacedLease({ namespace, name });
    } catch (error) {
      if (!(error instanceof ApiException) || error.code !== 404) throw error;
      return this.api.createNamespacedLease({ namespace, body: { metadata: { name }, spec: {} } });
    }
  }

  private async write(lease: V1Lease): Promise<void> {
    const { holderIdentity, leaseTransitions = 0, acquireTime } = lease.spec ?? {};
    const isMine = holderIdentity === this.me;
    if (this.renewed > 0 && holderIdentity && !isMine) throw new Error(`${holderIdentity} has taken the lease`);
    const now = new V1MicroTime();
    const annotations = { ...lease.metadata?.annotations };
    delete annotations[updatingAnnotation];
    await this.replace({
      ...lease,
      metadata: {
        ...lease.metadata,
        annotations: {
          ...annotations,
          ...(this.updating.length > 0 && { [updatingAnnotation]: JSON.stringify(this.updating) }),
        },
      },
      spec: {
        holderIdentity: this.me,
        leaseDurationSeconds: leaseTimes.duration,
        acquireTime: isMine ? acquireTime : now,
        renewTime: now,
        leaseTransitions: isMine ? leaseTransitions : leaseTransitions + 1,
      },
    });
    this.renewed = Date.now();
  }

  private async replace(body: V1Lease): Promise<void> {
    const { namespace, name } = this.options;
    this.current = await this.api.replaceNamespacedLease({ namespace, name, body });
  }
}
