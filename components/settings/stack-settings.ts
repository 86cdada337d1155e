import { z } from "zod";
import { exactlyOne, field, flag, struct } from "../schema/fields";
import { isLabelKey } from "../schema/kubernetes-names";
import { bytesQuantity, duration } from "../schema/quantities";

export const defaultCollectionInterval = "30s";

const interval = (what: string, byDefault: string) =>
  field(duration(1, "one second").optional(), {
    description: `Time between two collections ${what}. ${byDefault}`,
    example: "30s",
    rule: "A number with its unit (`ms`, `s`, `m`, `h`), such as `90s` or `1m30s`; from `1s` to `24h`.",
  });

const byInput = (input: string) => interval(`by ${input}`, "By default that of all inputs.");

const ofInput = (input: string) =>
  field(struct({ collectionInterval: byInput(input) }).prefault({}), {
    description: `Settings of the ${input} inputs.`,
    example: "{ collectionInterval: 60s }",
  });

const targetTls = struct({
  insecureSkipVerify: flag(false, "Whether any certificate of a target is taken."),
  ca: field(z.string().optional(), {
    description: "Authorities that may sign the certificates of targets. Default: the system's.",
    example: '"-----BEGIN CERTIFICATE-----\\n…"',
    rule: "PEM of one or more certificates. Line breaks may be written as `\\n`.",
  }),
  serverName: field(z.string().min(1, "is empty").optional(), {
    description: "Name that the certificates of targets are for. Default: the target's address.",
    example: "metrics.example.com",
  }),
});

const limits = struct({
  samples: field(z.int("is no whole number that can be counted to").min(1, "is less than one").default(50_000), {
    description: "Most samples in one answer of a target.",
    example: "100000",
    rule: "An answer with more is dropped as a whole.",
  }),
  bodySize: field(bytesQuantity().default("20M"), {
    description: "Most bytes of one answer of a target.",
    example: "50M",
    rule: "Bytes, or with a unit such as `M` or `Mi`. A larger answer is dropped as a whole.",
  }),
});

/** An address with the length of its prefix; the collector's network policy takes nothing else. */
const cidr = z.union([z.cidrv4(), z.cidrv6()], { error: "is no CIDR" });

const cidrs = (each: string, description: string) =>
  field(z.array(field(cidr, { description: each, example: "10.1.0.0/16" })).default([]), {
    description,
    example: "[10.1.0.0/16]",
  });

export const networkSettings = field(
  struct({
    egress: cidrs(
      "Addresses.",
      "What gateway and agent may reach, on every port, beyond name servers, the API server's usual ports and their " +
        "backends: an API server with another port, or a Service that leads to no pods.",
    ),
  }).prefault({}),
  { description: "The network around gateway and agent.", example: "{ egress: [10.1.0.0/16] }" },
);

const ofPrometheus = field(
  struct({
    collectionInterval: byInput("prometheus"),
    tls: field(targetTls.prefault({}), {
      description: "How targets annotated with `prometheus.io/scheme: https` are verified.",
      example: "{ insecureSkipVerify: true }",
    }),
    limits: field(limits.prefault({}), { description: "What one target may answer.", example: "{ samples: 100000 }" }),
    hostNetworks: cidrs(
      "Addresses of nodes.",
      "Where targets on their node's own network are, such as a node exporter. A network policy shuts the agent " +
        "off from everything else than pods.",
    ),
  }).prefault({}),
  { description: "Settings of the prometheus inputs.", example: "{ collectionInterval: 60s }" },
);

const ofRuntime = field(
  struct({
    collectionInterval: byInput("runtime"),
    kubelet: field(
      struct({
        insecureSkipVerify: flag(
          false,
          "Whether any certificate of a kubelet is taken: for clusters whose kubelets sign their own.",
        ),
        ipFamily: field(z.enum(["IPv4", "IPv6"]).default("IPv4"), {
          description:
            "Family of the address at which kubelets are asked: the first one of their nodes. Of nodes with both, " +
            "that is the cluster's own first choice.",
          example: "IPv6",
        }),
      }).prefault({}),
      { description: "How kubelets are asked.", example: "{ insecureSkipVerify: true }" },
    ),
  }).prefault({}),
  { description: "Settings of the runtime inputs.", example: "{ collectionInterval: 60s }" },
);

export const metricSettings = field(
  struct({
    collectionInterval: interval("of every metric input that collects", `Default: ${defaultCollectionInterval}.`),
    prometheus: ofPrometheus,
    runtime: ofRuntime,
    istio: ofInput("istio"),
    apiServer: ofInput("apiServer"),
  }).prefault({}),
  { description: "Settings of all metric pipelines.", example: "{ collectionInterval: 60s }" },
);

export const istioSettings = field(
  struct({
    mode: field(z.enum(["auto", "on", "off"]).default("auto"), {
      description:
        "Whether workloads are in an Istio mesh. `auto` looks on each update whether the cluster has Istio's kinds.",
      example: '"on"',
    }),
  }).prefault({}),
  { description: "The mesh.", example: '{ mode: "on" }' },
);

const labelKeyStart = /^[A-Za-z0-9][-A-Za-z0-9_./]*$/;

const podLabel = struct({
  key: field(z.string().refine(isLabelKey, "is no key of a label").optional(), {
    description: "Key of one label.",
    example: "app.kubernetes.io/version",
  }),
  keyPrefix: field(z.string().regex(labelKeyStart, "is not how a key of a label starts").optional(), {
    description: "How the keys of several labels start.",
    example: "app.kubernetes.io/",
  }),
}).check(exactlyOne("key", "keyPrefix"));

export const enrichments = field(
  struct({
    cluster: field(
      struct({
        name: field(z.string().min(1, "is empty").optional(), {
          description: "Value of the resource attribute `k8s.cluster.name`. By default it is not set.",
          example: "production-eu",
        }),
      }).prefault({}),
      { description: "The cluster.", example: "{ name: production-eu }" },
    ),
    extractPodLabels: field(
      z
        .array(field(podLabel, { description: "Labels of pods.", example: "{ key: app.kubernetes.io/version }" }))
        .default([]),
      {
        description: "Labels of pods that become resource attributes `k8s.pod.label.<key>`.",
        example: "[{ key: app.kubernetes.io/version }, { keyPrefix: team/ }]",
        rule: "Each has `key` or `keyPrefix`.",
      },
    ),
    service: field(
      struct({
        enabled: flag(true, "Whether `service.*` is set where applications did not."),
      }).prefault({}),
      {
        description: "Resource attributes `service.*` by OpenTelemetry's conventions for Kubernetes.",
        example: "{ enabled: false }",
      },
    ),
  }).prefault({}),
  { description: "What is added to all data.", example: "{ cluster: { name: production-eu } }" },
);

/** Long enough for the image of a collector to be pulled over a slow line. */
const defaultTimeout = "3m";

export const validationSettings = field(
  struct({
    mode: field(z.enum(["full", "local", "off"]).default("full"), {
      description:
        "Where configurations are validated. `full`: by a collector on the machine that runs Pulumi, if there is one, and before anything rolls by a pod in the cluster. `local`: without the pod. `off`: nowhere.",
      example: "local",
    }),
    collector: field(z.string().min(1, "is empty").optional(), {
      description: "Path of a collector on the machine that runs Pulumi. Default: `otelcol-contrib` on PATH.",
      example: "/opt/otelcol-contrib",
      rule: "Of the version that will run.",
    }),
    timeout: field(duration(10, "ten seconds").default(defaultTimeout), {
      description: "Longest wait for the pod, its image included.",
      example: "5m",
      rule: "A number with its unit (`s`, `m`, `h`), such as `90s`; from `10s` to `24h`.",
    }),
  }).prefault({}),
  { description: "How configurations are validated before anything changes.", example: "{ mode: local }" },
);
