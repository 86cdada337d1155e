import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, CoordinationV1Api, V1MicroTime, type KubeConfig, type V1Lease } from "@kubernetes/client-node";
import { apiMessage } from "../components/cluster-access";
import { subdomainName } from "../components/schema";

/** Intervals in seconds, in the ratios of Kubernetes' own controllers. */
export const leaseTimes = { duration: 15, renewEvery: 5, giveUpAfter: 10 } as const;

/** Milliseconds between two attempts to take the lease. */
const defaultPause = (leaseTimes.renewEvery * 1000) / 2;

/**
 * Returns the name of a stack's lease. Pulumi allows names that Kubernetes does not, such as `Prod_EU`. A hash then keeps
 * the names of two such stacks apart.
 */
export function leaseName(stack: string): string {
  const name = `telemetry-manager-${stack}`;
  if (subdomainName().safeParse(name).success) return name;
  const readable = stack.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const hash = createHash("sha256").update(stack).digest("hex").slice(0, 8);
  return `telemetry-manager-${readable.slice(0, 100)}-${hash}`.replaceAll(/-+/g, "-");
}

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
  /** Called when the lease cannot be taken, once for each reason. */
  readonly onProblem: (problem: string) => void;
  /** Called with the reason when the lease could not be renewed. All work that needs the lease must end. */
  readonly onLost: (problem: string) => void;
}

/** The version of the lease that a waiting manager read last, and when it read this version first, in milliseconds. */
interface SeenLease {
  version?: string;
  at: number;
}

type Attempt =
  | { readonly kind: "taken"; readonly abandoned: readonly RunningUpdate[] }
  | { readonly kind: "wait"; readonly holder: string };

const isOfStatus = (code: number, error: unknown): boolean => error instanceof ApiException && error.code === code;
const wasFaster = (error: unknown): boolean => isOfStatus(409, error);

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
    private readonly pause = defaultPause,
  ) {
    this.api = config.makeApiClient(CoordinationV1Api);
  }

  /** Waits until this manager holds the lease, or until `signal`. Returns the updates that earlier holders did not end. */
  async acquire(signal: AbortSignal): Promise<readonly RunningUpdate[]> {
    const seen: SeenLease = { at: Date.now() };
    let isWaiting = false;
    let reported: string | undefined;
    while (!signal.aborted) {
      try {
        const attempt = await this.attempt(seen);
        if (attempt.kind === "taken") return attempt.abandoned;
        if (!isWaiting) this.options.onWait(attempt.holder);
        [isWaiting, reported] = [true, undefined];
      } catch (error) {
        // If another manager was faster, the next attempt reads its lease.
        const problem = wasFaster(error) ? reported : this.problemOf(error);
        if (problem !== undefined && problem !== reported) this.options.onProblem(problem);
        reported = problem;
      }
      await sleep(this.pause, undefined, { signal }).catch(() => undefined);
    }
    return [];
  }

  private async attempt(seen: SeenLease): Promise<Attempt> {
    const lease = await this.read();
    const version = lease.metadata?.resourceVersion;
    if (version !== seen.version) [seen.version, seen.at] = [version, Date.now()];
    const step = leaseStep(lease, this.me, (Date.now() - seen.at) / 1000);
    if (step.kind === "wait") return step;
    const abandoned = abandonedUpdates(lease);
    this.updating = abandoned;
    await this.write(lease);
    this.keep();
    return { kind: "taken", abandoned };
  }

  private problemOf(error: unknown): string {
    const { namespace, name } = this.options;
    const needed = isOfStatus(403, error)
      ? " The account needs the rights to get, create and update leases there."
      : "";
    return (
      `The lease ${namespace}/${name} cannot be taken, so this manager does nothing: ${apiMessage(error)}.${needed} ` +
      `It tries again every ${this.pause / 1000} seconds.`
    );
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
      this.renew().catch((error: unknown) => {
        const isLost = Date.now() - this.renewed >= leaseTimes.giveUpAfter * 1000;
        // Renewals wait for each other, so several may fail at about the same time.
        if (!isLost || this.timer === undefined) return;
        clearInterval(this.timer);
        this.timer = undefined;
        this.options.onLost(apiMessage(error));
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
      if (!isOfStatus(404, error)) throw error;
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
