import { collectorKinds, hostPaths, type CollectorKind } from "../contract";

/** The place that a remedy is about. */
interface RemedyContext {
  /** Path of the pipeline's output in the configuration: `metricPipelines[0].output.otlp`. */
  readonly output: string;
  readonly collector: CollectorKind;
  /** Whether the user has set the size of the queue. */
  readonly ownQueue?: boolean;
}

interface Words {
  /** A clause about the backend. */
  readonly what: string;
  /** A sentence without its full stop. */
  readonly remedy: (context: RemedyContext) => string;
}

/** Returns the setting that decides on the size of the queue. */
function queueSetting({ output, collector, ownQueue = false }: RemedyContext): string {
  const { setting } = collectorKinds[collector];
  if (collector === "log-agent") return `${setting}.diskQueue`;
  return ownQueue ? `${output}.queue.size` : `${setting}.resources.limits.memory, from which queues are sized`;
}

const mendText =
  "Correct the application, or mend the text with the pipeline's transform, " +
  'for example replace_all_patterns(span.attributes, "value", "\\\\x{FFFD}", "?") for spans';

/** Every cause for which a backend does not accept data, in words for people. */
export const causeWords = {
  dns: {
    what: "the cluster's name servers do not know its name",
    remedy: ({ output }) => `Correct ${output}.endpoint`,
  },
  refused: {
    what: "nothing listens at its address",
    remedy: ({ output }) => `Check that the backend runs, and check host and port in ${output}.endpoint`,
  },
  unreachable: {
    what: "the network has no way to it, or forbids it",
    remedy: ({ output }) =>
      `Check the address in ${output}.endpoint, and the nodes' routes, firewalls and NetworkPolicies`,
  },
  proxy: {
    what: "the proxy on the way does not connect to it",
    remedy: () => "Check network.proxy.url, and that the proxy permits the backend's host and port without a login",
  },
  connection: {
    what: "it closes connections without an answer",
    remedy: ({ output }) =>
      `Check the backend's logs, and whether the backend expects another ${output}.protocol or ${output}.tls`,
  },
  pings: {
    what: "it closes connections that are probed as often as the pipeline probes them",
    remedy: ({ output }) => `Set ${output}.keepalive to a longer time, such as 5m`,
  },
  timeout: {
    what: "it does not answer in time",
    remedy: ({ output }) =>
      `Check ${output}.endpoint, firewalls and NetworkPolicies on the way, and the backend's load`,
  },
  tlsUnknownAuthority: {
    what: "its certificate is signed by an authority that is not trusted",
    remedy: ({ output }) =>
      `Set ${output}.tls.ca to that authority's certificate, or, if it is set, have the backend send its ` +
      "intermediate certificates",
  },
  tlsExpired: {
    what: "its certificate has expired or is not valid yet",
    remedy: () => "Renew the backend's certificate, and check the nodes' clocks",
  },
  tlsHostName: {
    what: "its certificate is for another name",
    remedy: ({ output }) => `Set ${output}.endpoint to the name in the certificate`,
  },
  tlsNoHostName: {
    what: "its certificate has a Common Name only, which names no host",
    remedy: () => "Renew the backend's certificate with its host name as a subject alternative name (SAN)",
  },
  tlsVersion: {
    what: "it supports only versions of TLS before 1.2",
    remedy: () => "Turn on TLS 1.2 or later at the backend, or at the load balancer in front of it",
  },
  tlsClientCertificate: {
    what: "it requires a client certificate, or rejects the given one",
    remedy: ({ output }) =>
      `Set ${output}.tls.cert and ${output}.tls.key to a certificate that the backend's authority has signed and that ` +
      "has not expired",
  },
  tls: {
    what: "the TLS handshake fails",
    remedy: ({ output }) => `Check ${output}.tls, and whether the backend uses TLS on this port`,
  },
  protocol: {
    what: "it uses another protocol",
    remedy: ({ output }) => `Check ${output}.protocol (grpc is usually on port 4317, http on 4318) and ${output}.tls`,
  },
  noHttp2: {
    what: "its TLS does not offer HTTP/2 (ALPN h2), which gRPC needs",
    remedy: ({ output }) =>
      `Set ${output}.protocol to http, or turn on h2 (ALPN) at the load balancer in front of the backend`,
  },
  token: {
    what: "the token endpoint returns no token",
    remedy: ({ output }) => `Check ${output}.authentication.oauth2: tokenURL, clientID and clientSecret`,
  },
  tokenUnreachable: {
    what: "the token endpoint cannot be reached",
    remedy: ({ output }) =>
      `Check ${output}.authentication.oauth2.tokenURL, and firewalls and NetworkPolicies on the way to it`,
  },
  tokenUnknownAuthority: {
    what: "the token endpoint's certificate is signed by an authority that is not trusted",
    remedy: ({ output }) =>
      `Use a certificate from a public authority there: ${output}.tls.ca applies to the backend only`,
  },
  tokenTls: {
    what: "the TLS handshake with the token endpoint fails",
    remedy: ({ output }) =>
      `Check ${output}.authentication.oauth2.tokenURL, and whether the certificate there is for its host and has not expired`,
  },
  maybeTls: {
    what: "it rejects the requests as invalid",
    remedy: ({ output }) =>
      `If the backend uses TLS on this port, write https:// in ${output}.endpoint. Otherwise, read the reason in the ` +
      "backend's logs, and change the data with the pipeline's transform",
  },
  otherHost: {
    what: "it does not serve this host name",
    remedy: ({ output }) =>
      `Set ${output}.endpoint to the backend's own host name, or make it known at the backend and the proxy in front of it`,
  },
  upstream: {
    what: "a proxy in front of it gets no valid answer from it",
    remedy: () =>
      "Check that the backend runs, and the logs and routes of that proxy, such as a load balancer, an ingress or the " +
      "sidecar of a mesh",
  },
  unauthenticated: {
    what: "it rejects the credentials",
    remedy: ({ output }) => `Check ${output}.authentication and ${output}.headers, and the Secrets that they reference`,
  },
  forbidden: {
    what: "it does not permit writing with these credentials, or from this sender",
    remedy: ({ output }) =>
      `Grant the credentials the right to write at the backend, or use others in ${output}.authentication or ` +
      `${output}.headers. A firewall, a proxy or a mesh in front of it may also refuse the sender`,
  },
  unpaid: {
    what: "the account there has no quota left, or has not been paid for",
    remedy: () => "Check plan, quota and payments of the account at the backend",
  },
  notFound: {
    what: "it does not offer this signal at this address",
    remedy: ({ output }) => `Check ${output}.path and ${output}.endpoint, and whether the backend accepts this signal`,
  },
  tooLarge: {
    what: "it rejects requests of this size",
    remedy: () => "Raise the limit for one request at the backend, and at the proxy in front of it if there is one",
  },
  cancelled: {
    what: "it ends requests without an answer",
    remedy: () => "Read the reason in the backend's logs. Some servers reject requests that are too large in this way",
  },
  addressTooLong: {
    what: "it rejects an address of this length",
    remedy: ({ output }) => `Shorten ${output}.path and ${output}.endpoint`,
  },
  headersTooLarge: {
    what: "it rejects request headers of this size",
    remedy: ({ output }) =>
      `Shorten ${output}.headers or the credentials in ${output}.authentication, or raise the limit for request headers ` +
      "at the backend or the proxy in front of it",
  },
  compression: {
    what: "it does not support the compression of the requests",
    remedy: ({ output }) => `Set ${output}.compression to none, or turn on this compression at the backend`,
  },
  mediaType: {
    what: "it does not support the content type or the compression of the requests",
    remedy: ({ output }) =>
      `Set ${output}.compression to none. If that does not help, check ${output}.protocol, and whether the backend ` +
      "accepts OTLP as protobuf",
  },
  throttled: {
    what: "it asks for a lower rate",
    remedy: () => "Raise the backend's limit, or drop data with the pipeline's filter",
  },
  rejected: {
    what: "it rejects the data as invalid",
    remedy: () => "Read the reason in the backend's logs, and change the data with the pipeline's transform",
  },
  refusedRequest: {
    what: "it refuses the requests",
    remedy: () => "Read the reason in the logs of the backend and of the proxy in front of it",
  },
  notUtf8: {
    what: "an application sends text that is not UTF-8, and the backend rejects each request that contains such text",
    remedy: () => mendText,
  },
  undecodable: {
    what: "it cannot read some requests, usually because an application sends text that is not UTF-8",
    remedy: () => `Read the reason in the backend's logs. ${mendText}`,
  },
  redirected: {
    what: "it answers with a redirect",
    remedy: ({ output }) =>
      `Set ${output}.endpoint to the target of the redirect, if the target is the backend: the collector follows every ` +
      "redirect, sends its credentials along, and has no setting against it",
  },
  server: {
    what: "it answers with server errors",
    remedy: () => "Check the backend's health and logs",
  },
  queueFull: {
    what: "it accepts less than is sent",
    remedy: (context) => `Check the backend's health, send less, or raise ${queueSetting(context)}`,
  },
  queueTooSmall: {
    what: "single requests are larger than the queue in front of it",
    remedy: (context) => `Raise ${queueSetting(context)}, or let senders send smaller requests`,
  },
  disk: {
    what: "the node's disk, which holds the queue, is full or fails",
    remedy: () => `Free space on the disk of ${hostPaths.state}, lower logAgent.diskQueue, or repair the disk`,
  },
  unknown: {
    what: "it did not accept data, and the collector's log does not state the cause",
    remedy: ({ collector }) =>
      `Set ${collectorKinds[collector].setting}.logLevel to info, or read the collector's logs`,
  },
} as const satisfies Readonly<Record<string, Words>>;

/** Why a backend did not accept data, as far as the collector knows. */
export type Cause = keyof typeof causeWords;
