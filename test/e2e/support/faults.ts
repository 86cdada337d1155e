import type { Cause } from "../../../components/verification";
import { Backend, backendNamespace, makeCertificates, type BackendOptions, type Behaviour } from "./backends";
import { apply } from "./kubectl";
import { makeNamespaces, putSecret } from "./probe";

/** A fault between a gateway and a backend, and the cause that the status must report. */
export interface Fault {
  /** The name of the fault and of its pipeline. */
  readonly name: string;
  readonly cause: Cause;
  readonly reason: RegExp;
  /** Makes the backend and returns the pipeline's `output.otlp`. */
  readonly prepare: (name: string) => Promise<object>;
}

const all = /^GatewayAllTelemetryData(Dropped|Delayed)$/;
const plain = { insecure: true };
const grpc = (endpoint: string) => ({ endpoint: { value: endpoint }, tls: plain });
const http = (endpoint: string) => ({ protocol: "http", endpoint: { value: `http://${endpoint}` }, tls: plain });

/** A backend with this behaviour, reached by HTTP. */
const answers =
  (behaviour: Behaviour) =>
  async (name: string): Promise<object> => {
    const backend = await Backend.start(name);
    await backend.behave(behaviour);
    return http(backend.http);
  };

/** A backend with one of these faults of TLS, and a pipeline with the authority that signed its certificate. */
const secured =
  (options: { host?: string; expired?: boolean; mutual?: boolean; unknownAuthority?: boolean }) =>
  async (name: string): Promise<object> => {
    const { host = name, expired = false, mutual = false, unknownAuthority = false } = options;
    const certificates = await makeCertificates(host, expired);
    const backend = await Backend.start(name, { certificates, mutual });
    const ca = unknownAuthority ? {} : { tls: { ca: { value: certificates.ca } } };
    return { endpoint: { value: `https://${backend.grpc}` }, ...ca };
  };

const demanding = async (name: string, options: BackendOptions, otlp: object) => ({
  ...http((await Backend.start(name, options)).http),
  ...otlp,
});

/** Blocks all traffic to a backend except that of the tests. */
async function wallOff(name: string): Promise<void> {
  await apply({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: backendNamespace },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
      policyTypes: ["Ingress"],
      ingress: [{ ports: [{ protocol: "TCP", port: 8080 }] }],
    },
  });
}

/** The Secret of the last fault; see `rotate`. */
const rotated = { namespace: backendNamespace, name: "rotated", key: "token" };

export const faults: readonly Fault[] = [
  { name: "down", cause: "refused", reason: all, prepare: async (name) => grpc((await Backend.prepare(name)).grpc) },
  {
    name: "no-name",
    cause: "dns",
    reason: all,
    prepare: (name) => Promise.resolve(grpc(`${name}.${backendNamespace}:4317`)),
  },
  {
    name: "closed",
    cause: "refused",
    reason: all,
    prepare: async (name) => grpc(`${(await Backend.start(name)).address}:4999`),
  },
  {
    name: "black-hole",
    cause: "timeout",
    reason: all,
    prepare: async (name: string): Promise<object> => {
      await wallOff(name);
      return grpc(`${(await Backend.start(name)).address}:4317`);
    },
  },
  { name: "unknown-ca", cause: "tlsUnknownAuthority", reason: all, prepare: secured({ unknownAuthority: true }) },
  { name: "expired", cause: "tlsExpired", reason: all, prepare: secured({ expired: true }) },
  { name: "wrong-host", cause: "tlsHostName", reason: all, prepare: secured({ host: "another" }) },
  { name: "no-client-cert", cause: "tlsClientCertificate", reason: all, prepare: secured({ mutual: true }) },
  {
    name: "bad-login",
    cause: "unauthenticated",
    reason: all,
    prepare: (name) =>
      demanding(
        name,
        { demands: { "basic-user": "user", "basic-password": "good-password" } },
        { authentication: { basic: { user: { value: "user" }, password: { value: "not-the-password" } } } },
      ),
  },
  { name: "forbidden", cause: "forbidden", reason: all, prepare: answers({ status: 403 }) },
  { name: "not-found", cause: "notFound", reason: all, prepare: answers({ status: 404 }) },
  { name: "too-large", cause: "tooLarge", reason: all, prepare: answers({ status: 413 }) },
  {
    name: "throttling",
    cause: "throttled",
    reason: /^GatewayThrottling$/,
    prepare: answers({ status: 429, retryAfterSeconds: 2 }),
  },
  { name: "unavailable", cause: "server", reason: all, prepare: answers({ status: 503 }) },
  // The log may have the line of a rejection a moment after the last look.
  {
    name: "rejecting",
    cause: "rejected",
    reason: /^Gateway(All|Some)TelemetryDataDropped$/,
    prepare: answers({ status: 200 }),
  },
  {
    name: "redirecting",
    cause: "redirected",
    reason: /^GatewayAllTelemetryDataDropped$/,
    prepare: answers({ status: 302 }),
  },
  {
    name: "slow",
    cause: "timeout",
    reason: all,
    prepare: async (name: string): Promise<object> => {
      const backend = await Backend.start(name);
      await backend.behave({ delayMillis: 20_000 });
      return grpc(backend.grpc);
    },
  },
  {
    name: "partly",
    cause: "server",
    reason: /^GatewaySomeTelemetryData(Dropped|Delayed)$/,
    prepare: answers({ status: 500, failShare: 0.3 }),
  },
  {
    name: "grpc-to-http",
    cause: "protocol",
    reason: all,
    prepare: async (name) => grpc((await Backend.start(name)).http),
  },
  {
    name: "http-to-grpc",
    cause: "protocol",
    reason: all,
    prepare: async (name) => http((await Backend.start(name)).grpc),
  },
  {
    name: "walled-off",
    cause: "timeout",
    reason: all,
    prepare: async (name: string): Promise<object> => {
      await wallOff(name);
      return grpc((await Backend.start(name)).grpc);
    },
  },
  {
    name: "rotated-wrong",
    cause: "unauthenticated",
    reason: all,
    prepare: async (name: string): Promise<object> => {
      await rotate("not-the-token");
      const headers = [{ name: "x-token", valueFrom: { secretKeyRef: rotated } }];
      return demanding(name, { demands: { "header.x-token": "the-token" } }, { headers });
    },
  },
];

/** Every credential of the faults' pipelines. */
export const faultyCredentials = ["not-the-password", "not-the-token", "good-password"];

/** Changes the token in the Secret that the pipeline `rotated-wrong` refers to. */
export async function rotate(token: string): Promise<void> {
  await putSecret(rotated.namespace, rotated.name, { [rotated.key]: token });
}

/** Makes the backends of all faults, and returns a pipeline for each. */
export async function prepareFaults(chosen: readonly Fault[] = faults): Promise<{ name: string; output: object }[]> {
  await makeNamespaces(backendNamespace);
  return Promise.all(chosen.map(async ({ name, prepare }) => ({ name, output: { otlp: await prepare(name) } })));
}
