import { ApiException, CoreV1Api } from "@kubernetes/client-node";
import { type ClusterAccess, innermostMessage, loadKubeConfig, unlessThrottled } from "../cluster-access";
import type { SecretName, SecretReading } from "./source-secrets";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "read-secrets": Job<ReadSecretsRequest, readonly SecretReading[]>;
  }
}

export interface ReadSecretsRequest extends ClusterAccess {
  readonly secrets: readonly SecretName[];
}

/** Number of Secrets that are read at the same time. */
const concurrency = 8;

/** Time for all retries in milliseconds, within the time limit of the job. */
const patience = 20_000;

/** Reads Secrets and returns the results in the order of the request. */
export async function readSecrets({ secrets, ...access }: ReadSecretsRequest): Promise<SecretReading[]> {
  const api = loadKubeConfig(access).makeApiClient(CoreV1Api);
  const until = Date.now() + patience;
  const room = new RoomForTexts();
  const waiting = secrets.entries();
  const worker = async (): Promise<void> => {
    for (const [index, secret] of waiting) room.add(index, secret, await read(api, secret, until));
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return room.readings;
}

/**
 * Characters in base64 of all wanted texts together. The merged Secret has room for a megabyte, and an answer of this job for
 * 64. Any team whose monitors may use Secrets may write a thousand large ones, and each update would fail.
 */
const mostLength = 32 * 1024 * 1024;

/** Keeps readings while there is room for their texts. The namespace with the most of them loses its longest one first. */
class RoomForTexts {
  readonly readings: SecretReading[] = [];
  private readonly parts = new Map<string, { index: number; length: number }[]>();
  private length = 0;

  add(index: number, { namespace }: SecretName, reading: SecretReading): void {
    this.readings[index] = reading;
    const length = "data" in reading ? sum(Object.values(reading.data).map((text) => text.length)) : 0;
    if (length === 0) return;
    this.length += length;
    this.parts.set(namespace, [...(this.parts.get(namespace) ?? []), { index, length }]);
    while (this.length > mostLength) this.removeLongest();
  }

  private removeLongest(): void {
    const lists = [...this.parts].map(([namespace, list]) => ({
      namespace,
      list,
      of: sum(list.map((one) => one.length)),
    }));
    const heaviest = lists.reduce((most, one) => (one.of > most.of ? one : most));
    const longest = heaviest.list.reduce((most, one) => (one.length > most.length ? one : most));
    this.parts.set(
      heaviest.namespace,
      heaviest.list.filter((one) => one !== longest),
    );
    this.length -= longest.length;
    this.readings[longest.index] = { problem: "tooLong", detail: "" };
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function wantedOf({ keys }: SecretName, data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return keys === undefined ? data : Object.fromEntries(Object.entries(data).filter(([key]) => keys.includes(key)));
}

async function dataOf(
  api: CoreV1Api,
  { kind, namespace, name }: SecretName,
): Promise<Readonly<Record<string, string>>> {
  const object = { namespace, name };
  if (kind === undefined) return (await api.readNamespacedSecret(object)).data ?? {};
  const { data = {}, binaryData = {} } = await api.readNamespacedConfigMap(object);
  const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
  return { ...binaryData, ...Object.fromEntries(texts) } as Record<string, string>;
}

async function read(api: CoreV1Api, secret: SecretName, until: number): Promise<SecretReading> {
  try {
    return { data: wantedOf(secret, await unlessThrottled(() => dataOf(api, secret), until)) };
  } catch (error) {
    if (error instanceof ApiException) {
      if (error.code === 404) return { problem: "missing", detail: "" };
      if (error.code === 403) return { problem: "forbidden", detail: "" };
      // A user with an expired login (401) renews the login. Rights and configuration stay as they are.
      const answer = error.code === 401 ? "does not accept the login (401)" : `answered ${error.code}`;
      return { problem: "unreachable", detail: `the API server ${answer}` };
    }
    return { problem: "unreachable", detail: innermostMessage(error) };
  }
}
