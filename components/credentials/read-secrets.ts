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
  const readings: SecretReading[] = [];
  const waiting = secrets.entries();
  const worker = async (): Promise<void> => {
    for (const [index, secret] of waiting) readings[index] = await read(api, secret, until);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return readings;
}

async function dataOf(api: CoreV1Api, { kind, ...object }: SecretName): Promise<Readonly<Record<string, string>>> {
  if (kind === undefined) return (await api.readNamespacedSecret(object)).data ?? {};
  const { data = {}, binaryData = {} } = await api.readNamespacedConfigMap(object);
  const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
  return { ...binaryData, ...Object.fromEntries(texts) } as Record<string, string>;
}

async function read(api: CoreV1Api, secret: SecretName, until: number): Promise<SecretReading> {
  try {
    return { data: await unlessThrottled(() => dataOf(api, secret), until) };
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
