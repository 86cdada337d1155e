import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, CoordinationV1Api, V1MicroTime, type KubeConfig, type V1Lease } from "@kubernetes/client-node";

/** All in seconds; the ratios are those of Kubernetes' own controllers. */
export const leaseTimes = { duration: 15, renewEvery: 5, giveUpAfter: 10 } as const;

/** Note on the lease of the updates that its holders have begun and not ended. */
const updatingAnnotation = "telemetry/updating";

/** An update, for whoever has to clean up after it. */
export interface Updating {
  /** Name of the machine that the engine runs on; locks have it, too. */
  readonly host: string;
  /** When it began, by RFC 3339. */
  readonly since: string;
}

export type LeaseStep = { readonly kind: "take" | "renew" } | { readonly kind: "wait"; readonly holder: string };

/** What one who wants the lease does with it as it is. */
export function leaseStep(lease: V1Lease, me: string, seenUnchangedFor: number): LeaseStep {
  const { holderIdentity, leaseDurationSeconds = leaseTimes.duration } = lease.spec ?? {};
  if (holderIdentity === me) return { kind: "renew" };
  if (!holderIdentity) return { kind: "take" };
  // Clocks of machines differ: only how long we have seen it unchanged counts.
  return seenUnchangedFor > leaseDurationSeconds ? { kind: "take" } : { kind: "wait", holder: holderIdentity };
}

/** Updates that holders before have not ended: one, or more when its successor was ended before it could clean up. */
export function abandonedUpdates(lease: V1Lease): readonly Updating[] {
  try {
    return JSON.parse(lease.metadata?.annotations?.[updatingAnnotation] ?? "") as Updating[];
  } catch {
    return [];
  }
}

export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Is told once when somebody else holds it. */
  readonly onWait: (holder: string) => void;
  /** The lease could not be kept: whatever needs it has to end. */
  readonly onLost: () => void;
}

/** A lease of the cluster, so that one manager of a stack acts and others wait. */
export class Lease {
  private readonly api: CoordinationV1Api;
  private readonly me = `${hostname()}_${randomUUID()}`;
  private current: V1Lease | undefined;
  private renewed = 0;
  private timer: NodeJS.Timeout | undefined;
  private updating: readonly Updating[] = [];

  constructor(
    config: KubeConfig,
    private readonly options: LeaseOptions,
  ) {
    this.api = config.makeApiClient(CoordinationV1Api);
  }

  /** Waits until the lease is ours, or nobody wants it. Tells of updates that holders before have not ended. */
  async acquire(signal: AbortSignal): Promise<readonly Updating[]> {
    let version: string | undefined;
    let seenAt = Date.now();
    let told = false;
    while (!signal.aborted) {
      try {
        const lease = await this.read();
        if (lease.metadata?.resourceVersion !== version) {
          version = lease.metadata?.resourceVersion;
          seenAt = Date.now();
        }
        const step = leaseStep(lease, this.me, (Date.now() - seenAt) / 1000);
        if (step.kind === "wait") {
          if (!told) this.options.onWait(step.holder);
          told = true;
        } else {
          const abandoned = abandonedUpdates(lease);
          this.updating = abandoned;
          await this.write(lease);
          this.keep();
          return abandoned;
        }
      } catch {
        // Somebody else was faster, or the API server is away: look again.
      }
      await sleep((leaseTimes.renewEvery * 1000) / 2, undefined, { signal }).catch(() => undefined);
    }
    return [];
  }

  /** Notes on the lease which updates have begun and not ended. */
  async note(updating: readonly Updating[]): Promise<void> {
    this.updating = updating;
    await this.renew();
  }

  /** Whom events about the manager are about. */
  reference(): { name: string; namespace: string; uid?: string } {
    const { name, namespace } = this.options;
    return { name, namespace, uid: this.current?.metadata?.uid };
  }

  /** Lets the next one go on at once. */
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

  /** One after the other: each write needs the version that the one before has made. */
  private renew(): Promise<void> {
    this.renewing = this.renewing
      .catch(() => undefined)
      .then(async () => {
        try {
          await this.write(this.current ?? (await this.read()));
        } catch (error) {
          // Not what we remember, or not to be reached: look at it before the next try.
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
