import { metric, metricWith, traceWith, logWith, type BadInput } from "../helpers";

/** Names of pipelines, namespaces and metrics. */
export const names: readonly BadInput[] = [
  [
    "no name",
    { metricPipelines: [{ output: metric().output }] },
    ["metricPipelines[0].name: is missing. For example: backend."],
  ],
  [
    "an empty name",
    metricWith({ name: "" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name that is a number",
    metricWith({ name: 7 }),
    ["metricPipelines[0].name: must be text, not a number. Put it in quotes."],
  ],
  [
    "a name in capital letters",
    metricWith({ name: "Backend" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name with an underscore",
    metricWith({ name: "my_backend" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name with a space",
    metricWith({ name: "my backend" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name with a slash",
    metricWith({ name: "my/backend" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name that starts with a dash",
    metricWith({ name: "-backend" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name that ends in a dot",
    metricWith({ name: "backend." }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name with an empty part",
    metricWith({ name: "a..b" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name with a line break",
    metricWith({ name: "backend\n" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name with other than ASCII letters",
    metricWith({ name: "bäckend" }),
    [
      "metricPipelines[0].name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "a name that is too long",
    metricWith({ name: "a".repeat(201) }),
    ["metricPipelines[0].name: must have at most 200 characters. For example: backend."],
  ],
  [
    "a name that occurs twice",
    { metricPipelines: [metric(), metric()] },
    ["metricPipelines[1].name: is the same as metricPipelines[0].name. Give one of them another name."],
  ],
  [
    "a name that occurs three times",
    { tracePipelines: [metric(), metric({ name: "b" }), metric(), metric()] },
    [
      "tracePipelines[2].name: is the same as tracePipelines[0].name. Give one of them another name.",
      "tracePipelines[3].name: is the same as tracePipelines[0].name. Give one of them another name.",
    ],
  ],
  [
    "a namespace in capital letters",
    metricWith({ input: { otlp: { namespaces: { include: ["Shop"] } } } }),
    [
      "metricPipelines[0].input.otlp.namespaces.include[0]: must be made of lower-case letters, digits and `-`, with a letter or digit at both ends. For example: shop.",
    ],
  ],
  [
    "a namespace with a dot",
    logWith({ input: { otlp: { namespaces: { exclude: ["shop.one"] } } } }),
    [
      "logPipelines[0].input.otlp.namespaces.exclude[0]: must be made of lower-case letters, digits and `-`, with a letter or digit at both ends. For example: shop.",
    ],
  ],
  [
    "a namespace with a wildcard",
    metricWith({ input: { prometheus: { namespaces: { include: ["shop-*"] } } } }),
    [
      "metricPipelines[0].input.prometheus.namespaces.include[0]: must be made of lower-case letters, digits and `-`, with a letter or digit at both ends. For example: shop.",
    ],
  ],
  [
    "a namespace that is too long",
    metricWith({ input: { runtime: { namespaces: { include: ["a".repeat(64)] } } } }),
    ["metricPipelines[0].input.runtime.namespaces.include[0]: must have at most 63 characters. For example: shop."],
  ],
  [
    "a namespace that is empty",
    metricWith({ input: { istio: { namespaces: { include: [""] } } } }),
    [
      "metricPipelines[0].input.istio.namespaces.include[0]: must be made of lower-case letters, digits and `-`, with a letter or digit at both ends. For example: shop.",
    ],
  ],
  [
    "a namespace that is null",
    metricWith({ input: { otlp: { namespaces: { include: [null] } } } }),
    ["metricPipelines[0].input.otlp.namespaces.include[0]: must be text, not null. For example: shop."],
  ],
  [
    "a namespace that is a number",
    metricWith({ input: { otlp: { namespaces: { include: [42] } } } }),
    ["metricPipelines[0].input.otlp.namespaces.include[0]: must be text, not a number. Put it in quotes."],
  ],
  [
    "namespaces as text",
    metricWith({ input: { otlp: { namespaces: { include: "shop" } } } }),
    ["metricPipelines[0].input.otlp.namespaces.include: must be a list, not text. For example: [shop, payment]."],
  ],
  [
    "namespaces as a list",
    metricWith({ input: { otlp: { namespaces: ["shop"] } } }),
    ["metricPipelines[0].input.otlp.namespaces: must be an object, not a list. For example: { include: [shop] }."],
  ],
  [
    "namespaces that are included and excluded",
    metricWith({ input: { otlp: { namespaces: { include: ["a"], exclude: ["b"] } } } }),
    ["metricPipelines[0].input.otlp.namespaces: has both `include` and `exclude`. Keep one of them."],
  ],
  [
    "included and excluded namespaces, both empty",
    metricWith({ input: { prometheus: { namespaces: { include: [], exclude: [] } } } }),
    [
      "metricPipelines[0].input.prometheus.namespaces.include: is an empty list, which could mean all or none. For example: [shop, payment].",
      "metricPipelines[0].input.prometheus.namespaces: has both `include` and `exclude`. Keep one of them.",
    ],
  ],
  [
    "an empty list of included namespaces",
    metricWith({ input: { otlp: { namespaces: { include: [] } } } }),
    [
      "metricPipelines[0].input.otlp.namespaces.include: is an empty list, which could mean all or none. For example: [shop, payment].",
    ],
  ],
  [
    "a misspelt selector",
    logWith({ input: { otlp: { namespaces: { includes: ["a"] } } } }),
    ["logPipelines[0].input.otlp.namespaces.includes: is not a known field. Did you mean `include`?"],
  ],
  [
    "a namespace selector of traces",
    traceWith({ namespaces: { include: ["a"] } }),
    ["tracePipelines[0].namespaces: is not a known field. Known fields here: name, transform, filter, output, canary."],
  ],
  [
    "a metric that is misspelt",
    metricWith({ input: { runtime: { additionalMetrics: ["k8s.pod.uptimes"] } } }),
    [
      "metricPipelines[0].input.runtime.additionalMetrics[0]: is not a metric of the kubelet or of the cluster's state. Did you mean `k8s.pod.uptime`?",
    ],
  ],
  [
    "a metric that is not known",
    metricWith({ input: { runtime: { additionalMetrics: ["k8s.pod.phase", "process.cpu.time"] } } }),
    [
      "metricPipelines[0].input.runtime.additionalMetrics[1]: is not a metric of the kubelet or of the cluster's state. See the list of metrics in the pipeline reference.",
    ],
  ],
  [
    "a metric of a later collector",
    metricWith({ input: { runtime: { additionalMetrics: ["k8s.persistentvolume.status.phase"] } } }),
    [
      "metricPipelines[0].input.runtime.additionalMetrics[0]: is a metric that only later collectors have. Remove it until the collector is updated.",
    ],
  ],
  [
    "a metric with a wildcard",
    metricWith({ input: { runtime: { additionalMetrics: ["k8s.pod.*"] } } }),
    [
      "metricPipelines[0].input.runtime.additionalMetrics[0]: is not a metric of the kubelet or of the cluster's state. See the list of metrics in the pipeline reference.",
    ],
  ],
  [
    "a metric that is a number",
    metricWith({ input: { runtime: { additionalMetrics: [5] } } }),
    ["metricPipelines[0].input.runtime.additionalMetrics[0]: must be text, not a number. Put it in quotes."],
  ],
  [
    "a metric of an input that is off",
    metricWith({ input: { runtime: { enabled: false, additionalMetrics: [""] } } }),
    [
      "metricPipelines[0].input.runtime.additionalMetrics[0]: is not a metric of the kubelet or of the cluster's state. See the list of metrics in the pipeline reference.",
    ],
  ],
];
