/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { compressions, grpcRequestBytes, protocols } from "../collector";
import { expiryWarningDays, heapPerQueueByte, queuesPart, retrySeconds } from "../contract";
import {
  atMostOne,
  bytesQuantity,
  duration,
  durationText,
  field,
  flag,
  oneOfValueFields,
  quantityOf,
  skipVerify,
  struct,
  together,
  value,
  valueFields,
} from "../schema";

const basic = () =>
  struct({
    user: value({
      description: "User name.",
      example: "{ value: user }",
      rule: "Without `:`, which separates it from the password.",
    }),
    password: value({
      description: "Password.",
      example: "{ valueFrom: { secretKeyRef: { name: backend, namespace: default, key: password } } }",
    }),
  });

const oauth2 = () =>
  struct({
    tokenURL: value({
      description:
        "URL of the server that issues tokens. `tls` does not apply to it: a public authority must have signed its certificate.",
      example: "{ value: https://idp.example.com/token }",
      rule: "An absolute `http` or `https` URL.",
    }),
    clientID: value({ description: "Client id.", example: "{ value: telemetry }" }),
    clientSecret: value({
      description: "Client secret.",
      example: "{ valueFrom: { secretKeyRef: { name: backend, namespace: default, key: secret } } }",
    }),
    scopes: field(
      z
        .array(field(z.string().min(1, "is empty"), { description: "One scope.", example: "telemetry.write" }))
        .default([]),
      { description: "Scopes to ask for.", example: "[telemetry.write]" },
    ),
    params: field(
      z
        .record(z.string(), field(z.string(), { description: "Value of the parameter.", example: "telemetry" }))
        .default({}),
      {
        description: "Further parameters of the token request. Not for credentials: they are not treated as secret.",
        example: "{ audience: telemetry }",
      },
    ),
  });

const authentication = () =>
  struct({
    basic: field(basic().optional(), {
      description: "HTTP basic authentication.",
      example: "{ user: { value: user }, password: { value: password } }",
    }),
    oauth2: field(oauth2().optional(), {
      description: "OAuth2 client credentials.",
      example:
        "{ tokenURL: { value: https://idp.example.com/token }, clientID: { value: id }, clientSecret: { value: text } }",
      rule: "Needs TLS with `protocol: grpc`.",
    }),
  }).check(atMostOne("basic", "oauth2"));

const header = () =>
  field(
    struct({
      name: field(z.string(), {
        description: "Name of the header.",
        example: "X-Scope-OrgID",
        rule: "A valid HTTP header name, once per output; not one that the exporter sets itself.",
      }),
      ...valueFields(),
      prefix: field(z.string().optional(), {
        description: "Put before the value, with one space between.",
        example: "Bearer",
        rule: "One word of at most 20 characters: it is stored in clear text.",
      }),
    }).check(oneOfValueFields),
    { description: "One header.", example: "{ name: X-Scope-OrgID, value: shop }" },
  );

const pem = (what: string, rule?: string) => ({
  description: `${what}, as PEM. Line breaks may be written as \`\\n\`.`,
  example: "{ valueFrom: { secretKeyRef: { name: backend, namespace: default, key: tls.crt } } }",
  rule,
});

const tls = () =>
  field(
    struct({
      insecure: flag(false, "Send without TLS. Not together with `ca`, `cert`, `key`, or an `https://` endpoint."),
      ...skipVerify("Use TLS but do not check the backend's certificate."),
      ca: value(
        pem("Certificates of the authorities that may sign the backend's certificate", "All of them must be CAs."),
      ).optional(),
      cert: value(
        pem(
          "Client certificate, followed by its intermediates if any",
          "Only together with `key`, which must belong to it.",
        ),
      ).optional(),
      key: value(pem("Private key of the client certificate", "Only together with `cert`; not encrypted.")).optional(),
    })
      .check(together("cert", "key"))
      .prefault({}),
    {
      description: "Transport security. TLS with the system's authorities by default.",
      example: "{ insecure: true }",
      rule: `Certificates must not be expired. From ${expiryWarningDays} days before they expire, each update warns.`,
    },
  );

const retry = () =>
  field(
    struct({
      maxElapsedTime: field(
        duration(10, "ten seconds", {
          problem:
            "is zero, with which the collector retries for ever, so that old data keeps new data out of the queue",
          remedy: "Write a time from `10s` to `24h`",
        }).default(durationText(retrySeconds)),
        {
          description:
            "Time for which the collector retries a batch that the backend does not accept. Then it drops the batch. A longer " +
            "time survives a longer outage only if the queue has room for the data of this time: data that finds the queue " +
            "full is lost at once.",
          example: "15m",
          rule: "A number with its unit (`s`, `m`, `h`), such as `90s`; from `10s` to `24h`. Never `0`.",
        },
      ),
    }).prefault({}),
    {
      description: "How long the collector retries.",
      example: "{ maxElapsedTime: 15m }",
    },
  );

/** Least size of a queue, which must hold the largest request, and a size above which there is a typing error. */
const queueSizes = { least: quantityOf(grpcRequestBytes), largest: "16Gi" };

const queue = () =>
  field(
    struct({
      size: field(bytesQuantity(queueSizes.least, queueSizes.largest).optional(), {
        description:
          "Encoded data that each collector keeps while the backend does not accept it. By default, the pipelines without a " +
          "size share evenly what the memory limit leaves for queues. The default of the memory limit of gateway and agent " +
          `grows by ${heapPerQueueByte / queuesPart} times the size. A memory limit of your own must have room for it.`,
        example: "64Mi",
        rule:
          `From \`${queueSizes.least}\`, the largest request over gRPC, to \`${queueSizes.largest}\`. The gateway accepts no ` +
          "request over HTTP that the smallest queue of its pipelines cannot hold.",
      }),
    }).prefault({}),
    { description: "The queue in front of the backend, in memory.", example: "{ size: 64Mi }" },
  );

const otlpFields = () => ({
  protocol: field(z.enum(protocols).default("grpc"), {
    description: "OTLP over gRPC or over HTTP (protobuf).",
    example: "http",
  }),
  endpoint: value({
    description: "Address of the backend.",
    example: "{ value: https://backend.example.com:4317 }",
    rule:
      "With `grpc`: `host:port`, optionally after `https://` or `http://` (no TLS), without a path. " +
      "With `http`: an `http` or `https` URL, to which `/v1/metrics`, `/v1/traces` or `/v1/logs` is added. IPv6 in brackets.",
  }),
  path: field(z.string().optional(), {
    description: "Added to the endpoint instead of `/v1/metrics`, `/v1/traces` or `/v1/logs`.",
    example: "/ingest/otlp",
    rule: "Only with `protocol: http`. Without a query: the path is stored in clear text.",
  }),
  compression: field(z.enum(compressions).optional(), {
    description:
      "How requests are compressed. By default `none` to a Service of the cluster (`name`, `name.namespace.svc` and " +
      "longer, or without TLS also `name.namespace`), otherwise, and where the address is kept in a Secret, `gzip`. " +
      "Every OTLP backend accepts these two. `gzip` takes half of a gateway's CPU time. `snappy` saves most of it, if the " +
      "backend accepts it, as OpenTelemetry Collectors do (docs/gateway.md).",
    example: "zstd",
  }),
  authentication: field(authentication().optional(), {
    description: "How to authenticate at the backend.",
    example: "{ basic: { user: { value: user }, password: { value: password } } }",
    rule: "`basic` or `oauth2`, not both.",
  }),
  headers: field(z.array(header()).default([]), {
    description: "Headers sent with every request; with `grpc`, metadata.",
    example: "[{ name: X-Scope-OrgID, value: shop }]",
  }),
  tls: tls(),
  keepalive: field(duration(10, "ten seconds").default("30s"), {
    description:
      "Time without an answer after which a connection is probed; without an answer to the probe within ten seconds, it is " +
      "replaced. Load balancers and NAT drop idle connections without a word, and a connection that nobody probes loses " +
      "all that is sent for a quarter of an hour. Over gRPC, an idle connection is probed only with the next request, " +
      "because servers close connections whose clients probe them idle. Over HTTP/1.1, each request has its own time limit.",
    example: "60s",
    rule: "From `10s`.",
  }),
  retry: retry(),
  queue: queue(),
});

/** The output of all three kinds; a kind may add fields of its own. */
export const output = <Extra extends z.ZodRawShape>(extra: Extra) =>
  field(
    struct({
      otlp: field(struct({ ...otlpFields(), ...extra }), {
        description: "An OTLP backend.",
        example: "{ endpoint: { value: https://backend.example.com:4317 } }",
      }),
    }),
    {
      description: "Destination of the data.",
      example: "{ otlp: { endpoint: { value: https://backend.example.com:4317 } } }",
    },
  );
