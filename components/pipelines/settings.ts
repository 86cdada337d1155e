import { z } from "zod";
import { exactlyOne, field, flag, struct } from "./fields";

const units: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** Seconds of a duration as Go writes them: `1m30s` is 90. */
export const seconds = (text: string): number =>
  [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? NaN),
    0,
  );

export const defaultCollectionInterval = "30s";

const interval = (what: string, byDefault: string) =>
  field(
    z
      .string()
      .regex(duration, "is no duration")
      .refine((text) => !duration.test(text) || seconds(text) >= 1, "is shorter than one second")
      .optional(),
    {
      description: `Time between two collections ${what}. ${byDefault}`,
      example: "30s",
      rule: "A number with its unit (`ms`, `s`, `m`, `h`), such as `90s` or `1m30s`; at least `1s`.",
    },
  );

const ofInput = (input: string) =>
  field(struct({ collectionInterval: interval(`by ${input}`, "By default that of all inputs.") }).prefault({}), {
    description: `Settings of the ${input} inputs.`,
    example: "{ collectionInterval: 60s }",
  });

export const metricSettings = field(
  struct({
    collectionInterval: interval("of every metric input that collects", `Default: ${defaultCollectionInterval}.`),
    prometheus: ofInput("prometheus"),
    runtime: ofInput("runtime"),
    istio: ofInput("istio"),
  }).prefault({}),
  { description: "Settings of all metric pipelines.", example: "{ collectionInterval: 60s }" },
);

const labelKey = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelKeyStart = /^[A-Za-z0-9][-A-Za-z0-9_./]*$/;

const podLabel = struct({
  key: field(z.string().regex(labelKey, "is no key of a label").optional(), {
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
