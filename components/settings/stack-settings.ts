/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { settingsOf, type InputDefinition } from "../inputs";
import {
  cidrs,
  collectionInterval,
  defaultCollectionInterval,
  duration,
  exactlyOne,
  field,
  flag,
  isLabelKey,
  orEmpty,
  struct,
} from "../schema";
import { proxySettings } from "./proxy-settings";

export const networkSettings = field(
  struct({
    egress: cidrs(
      "Addresses.",
      "Addresses that gateway and agent may reach, on every port, beyond name servers, the API server's usual ports and " +
        "their backends: an API server with another port, or a Service that leads to no pods.",
    ),
    proxy: proxySettings,
  }).prefault({}),
  { description: "The network around gateway and agent.", example: "{ egress: [10.1.0.0/16] }" },
);

type StackFields<List extends readonly InputDefinition[]> = {
  [One in List[number] as One["setting"]["key"]]: One["setting"]["stack"];
};

const ofInputs = <List extends readonly InputDefinition[]>(list: List) =>
  Object.fromEntries(settingsOf(list).map(({ key, stack }) => [key, stack])) as StackFields<List>;

export const metricSettings = <List extends readonly InputDefinition[]>(list: List) =>
  field(
    orEmpty(
      struct({
        collectionInterval: collectionInterval(
          "of every metric input that collects",
          `Default: ${defaultCollectionInterval}.`,
        ),
        ...ofInputs(list),
      }),
    ),
    { description: "Settings of all metric pipelines.", example: "{ collectionInterval: 60s }" },
  );

export const istioSettings = field(
  struct({
    mode: field(z.enum(["auto", "on", "off"]).default("auto"), {
      description:
        "Whether workloads are in an Istio mesh. `auto` checks on each update whether the cluster has Istio's kinds.",
      example: '"on"',
    }),
  }).prefault({}),
  { description: "The service mesh.", example: '{ mode: "on" }' },
);

const labelKeyStart = /^[A-Za-z0-9][-A-Za-z0-9_./]*$/;

const podLabel = struct({
  key: field(z.string().refine(isLabelKey, "is not a label key").optional(), {
    description: "Key of one label.",
    example: "app.kubernetes.io/version",
  }),
  keyPrefix: field(z.string().regex(labelKeyStart, "is not the start of a label key").optional(), {
    description: "Common start of the keys of several labels.",
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
  { description: "Attributes to add to all data.", example: "{ cluster: { name: production-eu } }" },
);

/** Long enough for the image of a collector to be pulled over a slow line. */
const defaultTimeout = "3m";

export const validationSettings = field(
  struct({
    mode: field(z.enum(["full", "local", "off"]).default("full"), {
      description:
        "Where configurations are validated. `full`: by a collector on the machine that runs Pulumi, if it has one, and by a pod in the cluster before any rollout. `local`: without the pod. `off`: nowhere.",
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
