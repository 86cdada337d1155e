import * as pulumi from "@pulumi/pulumi";
import { grpc, grpcEndpoint, http, logWith, metric, metricWith, traceWith, type BadInput } from "../helpers";

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

/** Fields that are missing, unknown or of the wrong type. */
export const shapes: readonly BadInput[] = [
  [
    "pipelines that are not a list",
    { metricPipelines: { name: "a" } },
    [
      "metricPipelines: must be a list, not an object. For example: [{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }].",
    ],
  ],
  [
    "a pipeline that is not an object",
    { tracePipelines: ["a"] },
    [
      "tracePipelines[0]: must be an object, not text. For example: { name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }.",
    ],
  ],
  [
    "a pipeline that is null",
    { tracePipelines: [null] },
    [
      "tracePipelines[0]: must be an object, not null. For example: { name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }.",
    ],
  ],
  [
    "a pipeline that is a list",
    { logPipelines: [[metric()]] },
    [
      "logPipelines[0]: must be an object, not a list. For example: { name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }.",
    ],
  ],
  [
    "an empty pipeline",
    { metricPipelines: [{}] },
    [
      "metricPipelines[0].name: is missing. For example: backend.",
      "metricPipelines[0].output: is missing. For example: { otlp: { endpoint: { value: https://backend.example.com:4317 } } }.",
    ],
  ],
  [
    "a pipeline without output",
    { tracePipelines: [{ name: "a" }] },
    [
      "tracePipelines[0].output: is missing. For example: { otlp: { endpoint: { value: https://backend.example.com:4317 } } }.",
    ],
  ],
  [
    "an output without a backend",
    traceWith({ output: {} }),
    [
      "tracePipelines[0].output.otlp: is missing. For example: { endpoint: { value: https://backend.example.com:4317 } }.",
    ],
  ],
  [
    "an output that is null",
    traceWith({ output: null }),
    [
      "tracePipelines[0].output: is missing. For example: { otlp: { endpoint: { value: https://backend.example.com:4317 } } }.",
    ],
  ],
  [
    "an output without endpoint",
    traceWith({ output: { otlp: {} } }),
    ["tracePipelines[0].output.otlp.endpoint: is missing. For example: { value: https://backend.example.com:4317 }."],
  ],
  [
    "an endpoint that is text",
    grpc({ endpoint: "backend.example.com:4317" }),
    [
      "tracePipelines[0].output.otlp.endpoint: must be an object, not text. For example: { value: https://backend.example.com:4317 }.",
    ],
  ],
  [
    "an endpoint that is a list",
    grpc({ endpoint: [] }),
    [
      "tracePipelines[0].output.otlp.endpoint: must be an object, not a list. For example: { value: https://backend.example.com:4317 }.",
    ],
  ],
  [
    "an endpoint without value",
    grpc({ endpoint: {} }),
    [
      "tracePipelines[0].output.otlp.endpoint: has neither `value` nor `valueFrom`. For example: { value: https://backend.example.com:4317 }.",
    ],
  ],
  [
    "an endpoint whose value is null",
    grpc({ endpoint: { value: null } }),
    [
      "tracePipelines[0].output.otlp.endpoint: has neither `value` nor `valueFrom`. For example: { value: https://backend.example.com:4317 }.",
    ],
  ],
  [
    "a value that is a number",
    grpc({ headers: [{ name: "X-Tenant", value: 123 }] }),
    ["tracePipelines[0].output.otlp.headers[0].value: must be text, not a number. Put it in quotes."],
  ],
  [
    "a value that is true",
    grpc({ headers: [{ name: "X-Tenant", value: true }] }),
    ["tracePipelines[0].output.otlp.headers[0].value: must be text, not true or false. Put it in quotes."],
  ],
  [
    "a value that is an object",
    grpc({ headers: [{ name: "X-Tenant", value: { a: "b" } }] }),
    ["tracePipelines[0].output.otlp.headers[0].value: must be text, not an object. For example: some text."],
  ],
  [
    "a value that is an encrypted leaf",
    grpc({ endpoint: { value: { secure: "v1:abc" } } }),
    ["tracePipelines[0].output.otlp.endpoint.value: must be text, not an object. For example: some text."],
  ],
  [
    "a value and a reference",
    grpc({ endpoint: { ...grpcEndpoint, valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c" } } } }),
    ["tracePipelines[0].output.otlp.endpoint: has both `value` and `valueFrom`. Keep one of them."],
  ],
  [
    "a reference to nothing",
    grpc({ endpoint: { valueFrom: {} } }),
    [
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef: is missing. For example: { name: backend, namespace: default, key: token }.",
    ],
  ],
  [
    "a reference without its parts",
    grpc({ endpoint: { valueFrom: { secretKeyRef: {} } } }),
    [
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.name: is missing. For example: backend.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.namespace: is missing. For example: default.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.key: is missing. For example: token.",
    ],
  ],
  [
    "a reference without namespace",
    grpc({ endpoint: { valueFrom: { secretKeyRef: { name: "a", key: "b" } } } }),
    ["tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.namespace: is missing. For example: default."],
  ],
  [
    "a reference with empty parts",
    grpc({ endpoint: { valueFrom: { secretKeyRef: { name: "", namespace: "", key: "" } } } }),
    [
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.namespace: must be made of lower-case letters, digits and `-`, with a letter or digit at both ends. For example: default.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.key: must be made of letters, digits, `-`, `_` and `.`. For example: token.",
    ],
  ],
  [
    "a reference to a key that no Secret can have",
    grpc({ endpoint: { valueFrom: { secretKeyRef: { name: "a", namespace: "b", key: "c/d" } } } }),
    [
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.key: must be made of letters, digits, `-`, `_` and `.`. For example: token.",
    ],
  ],
  [
    "a reference to a namespace in capital letters",
    grpc({ endpoint: { valueFrom: { secretKeyRef: { name: "a", namespace: "Shop", key: "c" } } } }),
    [
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef.namespace: must be made of lower-case letters, digits and `-`, with a letter or digit at both ends. For example: default.",
    ],
  ],
  [
    "a reference to a ConfigMap",
    grpc({ endpoint: { valueFrom: { configMapKeyRef: { name: "a", key: "c" } } } }),
    [
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef: is missing. For example: { name: backend, namespace: default, key: token }.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.configMapKeyRef: is not a known field. Known fields here: secretKeyRef.",
    ],
  ],
  [
    "a reference written without secretKeyRef",
    grpc({ endpoint: { valueFrom: { name: "a", namespace: "b", key: "c" } } }),
    [
      "tracePipelines[0].output.otlp.endpoint.valueFrom.secretKeyRef: is missing. For example: { name: backend, namespace: default, key: token }.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.name: is not a known field. It belongs into `secretKeyRef`.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.namespace: is not a known field. It belongs into `secretKeyRef`.",
      "tracePipelines[0].output.otlp.endpoint.valueFrom.key: is not a known field. It belongs into `secretKeyRef`.",
    ],
  ],
  [
    "a protocol that is misspelt",
    grpc({ protocol: "gprc" }),
    ["tracePipelines[0].output.otlp.protocol: must be grpc or http. Did you mean `grpc`?"],
  ],
  [
    "a protocol of another time",
    grpc({ protocol: "thrift" }),
    ["tracePipelines[0].output.otlp.protocol: must be grpc or http. Write one of these."],
  ],
  [
    "a protocol in capital letters",
    grpc({ protocol: "GRPC" }),
    ["tracePipelines[0].output.otlp.protocol: must be grpc or http. Did you mean `grpc`?"],
  ],
  [
    "a protocol that is a number",
    grpc({ protocol: 1 }),
    ["tracePipelines[0].output.otlp.protocol: must be grpc or http. Write one of these."],
  ],
  [
    "a compression that is not known",
    grpc({ compression: "lz4" }),
    ["tracePipelines[0].output.otlp.compression: must be none, gzip, snappy or zstd. Write one of these."],
  ],
  [
    "a compression that is misspelt",
    grpc({ compression: "zsdt" }),
    ["tracePipelines[0].output.otlp.compression: must be none, gzip, snappy or zstd. Did you mean `zstd`?"],
  ],
  [
    "a temporality that is not known",
    metricWith({ output: { otlp: { endpoint: grpcEndpoint, temporality: "cumulative" } } }),
    ["metricPipelines[0].output.otlp.temporality: must be preserve or delta. Write one of these."],
  ],
  [
    "a temporality of traces",
    grpc({ temporality: "delta" }),
    [
      "tracePipelines[0].output.otlp.temporality: is not a known field. Known fields here: protocol, endpoint, path, compression, authentication, headers, tls, keepalive, retry, queue.",
    ],
  ],
  [
    "a field that is misspelt",
    grpc({ compresion: "gzip" }),
    ["tracePipelines[0].output.otlp.compresion: is not a known field. Did you mean `compression`?"],
  ],
  [
    "a field whose letters are swapped",
    grpc({ tsl: { insecure: true } }),
    ["tracePipelines[0].output.otlp.tsl: is not a known field. Did you mean `tls`?"],
  ],
  [
    "a field in the wrong case",
    grpc({ Headers: [] }),
    ["tracePipelines[0].output.otlp.Headers: is not a known field. Did you mean `headers`?"],
  ],
  [
    "retries without an end",
    grpc({ retry: { maxElapsedTime: "0s" } }),
    [
      "tracePipelines[0].output.otlp.retry.maxElapsedTime: is zero, with which the collector retries for ever, so that old data keeps new data out of the queue. Write a time from `10s` to `24h`.",
    ],
  ],
  [
    "retries without an end, as a number",
    grpc({ retry: { maxElapsedTime: 0 } }),
    ["tracePipelines[0].output.otlp.retry.maxElapsedTime: must be text, not a number. For example: 15m."],
  ],
  [
    "retries that end with the second attempt",
    grpc({ retry: { maxElapsedTime: "9s" } }),
    ["tracePipelines[0].output.otlp.retry.maxElapsedTime: is shorter than ten seconds. For example: 15m."],
  ],
  [
    "retries for longer than a day",
    grpc({ retry: { maxElapsedTime: "24h1s" } }),
    ["tracePipelines[0].output.otlp.retry.maxElapsedTime: is longer than a day. For example: 15m."],
  ],
  [
    "a queue that cannot hold the largest request",
    grpc({ queue: { size: "4095Ki" } }),
    ["tracePipelines[0].output.otlp.queue.size: is less than 4Mi. For example: 64Mi."],
  ],
  [
    "a queue of an odd size",
    grpc({ queue: { size: "17Gi" } }),
    ["tracePipelines[0].output.otlp.queue.size: is more than 16Gi. For example: 64Mi."],
  ],
  [
    "a queue in a unit of another spelling",
    grpc({ queue: { size: "64MB" } }),
    ["tracePipelines[0].output.otlp.queue.size: has a unit in another spelling than M. Write `size: 64M`."],
  ],
  [
    "a queue that counts items",
    grpc({ queue: { size: 1000 } }),
    ["tracePipelines[0].output.otlp.queue.size: must be text, not a number. For example: 64Mi."],
  ],
  [
    "a field that resembles no known one",
    grpc({ retries: 3 }),
    [
      "tracePipelines[0].output.otlp.retries: is not a known field. Known fields here: protocol, endpoint, path, compression, authentication, headers, tls, keepalive, retry, queue.",
    ],
  ],
  [
    "a field one level too high",
    traceWith({ endpoint: grpcEndpoint }),
    ["tracePipelines[0].endpoint: is not a known field. It belongs into `output.otlp`."],
  ],
  [
    "TLS next to the output's backend",
    traceWith({ output: { otlp: { endpoint: grpcEndpoint }, tls: { insecure: true } } }),
    ["tracePipelines[0].output.tls: is not a known field. It belongs into `otlp`."],
  ],
  [
    "a Fluent Bit output",
    logWith({ output: { http: { host: { value: "a" } }, otlp: { endpoint: grpcEndpoint } } }),
    [
      "logPipelines[0].output.http: is not a known field. Only OTLP outputs are offered: write `otlp: { protocol: http, endpoint: { value: https://backend.example.com } }`, with the address at which the backend takes OTLP.",
    ],
  ],
  [
    "a custom output",
    logWith({ output: { custom: "Name null", otlp: { endpoint: grpcEndpoint } } }),
    [
      "logPipelines[0].output.custom: is not a known field. Only OTLP outputs are offered: write `otlp: { endpoint: { value: https://backend.example.com:4317 } }`, with the address at which the backend takes OTLP.",
    ],
  ],
  [
    "filters of Fluent Bit, which only log pipelines have",
    {
      ...logWith({ filters: [{ custom: "Name grep" }] }),
      ...metricWith({ filters: [] }),
    },
    [
      "metricPipelines[0].filters: is not a known field. Did you mean `filter`?",
      "logPipelines[0].filters: is not a known field. Filters of Fluent Bit are not run: write OTTL. `filter: [{ conditions: ['IsMatch(log.body, \"DEBUG\")'] }]` drops records, and `transform` changes them.",
    ],
  ],
  [
    "an input of traces",
    traceWith({ input: { otlp: { enabled: true } } }),
    ["tracePipelines[0].input: is not a known field. Traces come in by OTLP only, from all namespaces: remove it."],
  ],
  [
    "a pull input of logs",
    logWith({ input: { prometheus: { enabled: true } } }),
    ["logPipelines[0].input.prometheus: is not a known field. Known fields here: otlp, runtime."],
  ],
  [
    "both lists of containers",
    logWith({ input: { runtime: { containers: { include: ["a"], exclude: ["b"] } } } }),
    ["logPipelines[0].input.runtime.containers: has both `include` and `exclude`. Keep one of them."],
  ],
  [
    "fields of container logs that only other agents have",
    logWith({ input: { runtime: { dropLabels: true, keepAnnotations: true } } }),
    [
      "logPipelines[0].input.runtime.dropLabels: is not a known field. Remove it: `enrichments.extractPodLabels` chooses the labels of all pipelines.",
      "logPipelines[0].input.runtime.keepAnnotations: is not a known field. Remove it: annotations of pods are not added.",
    ],
  ],
  [
    "an input as text",
    metricWith({ input: "otlp" }),
    ["metricPipelines[0].input: must be an object, not text. For example: { prometheus: { enabled: true } }."],
  ],
  [
    "an input that is true",
    metricWith({ input: { otlp: true } }),
    ["metricPipelines[0].input.otlp: must be an object, not true or false. For example: { enabled: true }."],
  ],
  [
    "a switch that is text",
    metricWith({ input: { otlp: { enabled: "yes" } } }),
    ["metricPipelines[0].input.otlp.enabled: must be true or false, not text. Write true or false."],
  ],
  [
    "a switch that is quoted",
    metricWith({ input: { prometheus: { enabled: "true" } } }),
    ["metricPipelines[0].input.prometheus.enabled: must be true or false, not text. Remove the quotes."],
  ],
  [
    "a switch that is a number",
    metricWith({ input: { runtime: { enabled: 1 } } }),
    ["metricPipelines[0].input.runtime.enabled: must be true or false, not a number. Write true or false."],
  ],
  [
    "the opposite of a switch",
    metricWith({ input: { otlp: { disabled: true } } }),
    ["metricPipelines[0].input.otlp.disabled: is not a known field. Write `enabled`, which means the opposite."],
  ],
  [
    "diagnostic metrics without their switch",
    metricWith({ input: { prometheus: { diagnosticMetrics: true } } }),
    [
      "metricPipelines[0].input.prometheus.diagnosticMetrics: must be an object, not true or false. For example: { enabled: true }.",
    ],
  ],
  [
    "diagnostic metrics of the runtime input",
    metricWith({ input: { runtime: { diagnosticMetrics: { enabled: true } } } }),
    [
      "metricPipelines[0].input.runtime.diagnosticMetrics: is not a known field. Known fields here: enabled, namespaces, resources, additionalMetrics.",
    ],
  ],
  [
    "Envoy metrics at the wrong input",
    metricWith({ input: { prometheus: { envoyMetrics: { enabled: true } } } }),
    ["metricPipelines[0].input.prometheus.envoyMetrics: is not a known field. It belongs into `input.istio`."],
  ],
  [
    "a resource in the plural",
    metricWith({ input: { runtime: { resources: { pods: { enabled: false } } } } }),
    ["metricPipelines[0].input.runtime.resources.pods: is not a known field. Did you mean `pod`?"],
  ],
  [
    "a resource that is not known",
    metricWith({ input: { runtime: { resources: { ingress: { enabled: true } } } } }),
    [
      "metricPipelines[0].input.runtime.resources.ingress: is not a known field. Known fields here: pod, container, node, volume, daemonset, deployment, statefulset, job.",
    ],
  ],
  [
    "a resource without its switch",
    metricWith({ input: { runtime: { resources: { pod: false } } } }),
    [
      "metricPipelines[0].input.runtime.resources.pod: must be an object, not true or false. For example: { enabled: false }.",
    ],
  ],
  [
    "an interval of one pipeline",
    metricWith({ input: { prometheus: { collectionInterval: "10s" } } }),
    [
      "metricPipelines[0].input.prometheus.collectionInterval: is not a known field. It is set for all pipelines together, in `metric.collectionInterval`.",
    ],
  ],
  [
    "headers as an object",
    grpc({ headers: { "X-Tenant": "a" } }),
    [
      "tracePipelines[0].output.otlp.headers: must be a list, not an object. For example: [{ name: X-Scope-OrgID, value: shop }].",
    ],
  ],
  [
    "a header written as its name",
    grpc({ headers: [{ "X-Tenant": "a" }] }),
    [
      "tracePipelines[0].output.otlp.headers[0].name: is missing. For example: X-Scope-OrgID.",
      "tracePipelines[0].output.otlp.headers[0].X-Tenant: is not a known field. Known fields here: name, value, valueFrom, prefix.",
      "tracePipelines[0].output.otlp.headers[0]: has neither `value` nor `valueFrom`. For example: { name: X-Scope-OrgID, value: shop }.",
    ],
  ],
  [
    "authentication with a token",
    grpc({ authentication: { token: { value: "a" } } }),
    ["tracePipelines[0].output.otlp.authentication.token: is not a known field. Known fields here: basic, oauth2."],
  ],
  [
    "a whole output as an Output",
    traceWith({ output: pulumi.output({ otlp: { endpoint: grpcEndpoint } }) }),
    [
      "tracePipelines[0].output: must be an object, not an Output or a Promise. Give it as a plain value: only the texts in `value` may be known later.",
    ],
  ],
  [
    "a name as an Output",
    traceWith({ name: pulumi.output("a") }),
    [
      "tracePipelines[0].name: must be text, not an Output or a Promise. Give it as a plain value: only the texts in `value` may be known later.",
    ],
  ],
  [
    "a protocol as a Promise",
    grpc({ protocol: Promise.resolve("http") }),
    [
      "tracePipelines[0].output.otlp.protocol: must be grpc or http, not an Output or a Promise. Give it as a plain value: only the texts in `value` may be known later.",
    ],
  ],
  [
    "namespaces as an Output",
    metricWith({ input: { otlp: { namespaces: { include: pulumi.output(["a"]) } } } }),
    [
      "metricPipelines[0].input.otlp.namespaces.include: must be a list, not an Output or a Promise. Give it as a plain value: only the texts in `value` may be known later.",
    ],
  ],
  [
    "a function",
    grpc({ endpoint: { value: () => "a" } }),
    [
      "tracePipelines[0].output.otlp.endpoint.value: must be text, not something that is not data. For example: some text.",
    ],
  ],
  [
    "an object inside itself",
    traceWith({ output: cyclic }),
    [
      "tracePipelines[0].output.otlp: is missing. For example: { endpoint: { value: https://backend.example.com:4317 } }.",
      "tracePipelines[0].output.self: is not a known field. Known fields here: otlp.",
    ],
  ],
  [
    "a field called constructor, which zod's own messages look into",
    { metricPipelines: { constructor: { name: [{}] } } },
    [
      "metricPipelines: must be a list, not an object. For example: [{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }].",
    ],
  ],
  [
    "a field called __proto__",
    traceWith(JSON.parse('{"__proto__":{"name":"b"}}') as Record<string, unknown>),
    ["tracePipelines[0].__proto__: is not a known field. Known fields here: name, transform, filter, output, canary."],
  ],
  [
    "a field whose name is a credential in the wrong place",
    http({ "Bearer c2VjcmV0IQ==": true }),
    [
      "tracePipelines[0].output.otlp[?]: is not a known field. Known fields here: protocol, endpoint, path, compression, authentication, headers, tls, keepalive, retry, queue.",
    ],
  ],
  [
    "a key that is not known",
    { metricsPipelines: [] } as object,
    ["metricsPipelines: is not a known field. Did you mean `metricPipelines`?"],
  ],
];
