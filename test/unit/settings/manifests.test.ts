import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { errorLines, parse, warningLines } from "./helpers";

const files = (contents: Readonly<Record<string, string>>) =>
  [
    { pipelineFiles: Object.keys(contents) },
    {
      readFile: (path: string) => {
        const text = contents[path];
        if (text === undefined) throw new Error(`${path} is not there`);
        return text;
      },
    },
  ] as const;
const file = (text: string) => files({ "shop.yaml": text });

const metricManifest = `
apiVersion: telemetry.kyma-project.io/v1beta1
kind: MetricPipeline
metadata:
  name: backend
  labels: { team: shop }
  annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" }
  uid: 0b9c
spec:
  input:
    runtime:
      enabled: true
      namespaces: {}
  output:
    otlp:
      endpoint:
        valueFrom:
          secretKeyRef: { name: backend, namespace: shop, key: endpoint }
      headers:
        - name: Authorization
          prefix: Bearer
          valueFrom:
            secretKeyRef: { name: backend, namespace: shop, key: token }
status:
  conditions: []
`;
const logManifest = (spec: string) => `
apiVersion: telemetry.kyma-project.io/v1beta1
kind: LogPipeline
metadata: { name: logs }
spec:
  input: { runtime: { enabled: false } }
  output: { otlp: { endpoint: { value: "backend:4317" } } }
${spec}`;
const old = (kind: string, spec: string) => `
apiVersion: telemetry.kyma-project.io/v1alpha1
kind: ${kind}
metadata: { name: old }
spec:
${spec}
  output: { otlp: { endpoint: { value: "backend:4317" } } }
`;
const beta = (kind: string, spec: string) => old(kind, spec).replace("v1alpha1", "v1beta1");

describe("A manifest", () => {
  it("is read unchanged", () => {
    const [pipeline] = parse(...file(metricManifest)).pipelines;
    assert.equal(pipeline?.name, "backend");
    assert.equal(pipeline.path, "shop.yaml#1:spec");
    assert.deepEqual(pipeline.pull.runtime?.namespaces, {});
    assert.deepEqual(pipeline.output.otlp.endpoint, {
      kind: "secretKeyRef",
      name: "backend",
      namespace: "shop",
      key: "endpoint",
    });
    assert.equal(pipeline.output.otlp.headers[0]?.prefix, "Bearer");
  });

  it("may be one of several documents, of a list, and stand next to configured pipelines", () => {
    const list = `kind: List\napiVersion: v1\nitems:\n- ${metricManifest.trim().replaceAll("\n", "\n  ")}`;
    const [raw, options] = files({
      "a.yaml": `# nothing\n---\n${logManifest("")}\n---\n---\n${metricManifest.replace("backend", "other")}`,
      "b.yaml": list,
    });
    const configured = { name: "configured", output: { otlp: { endpoint: { value: "backend:4317" } } } };
    const { pipelines } = parse({ ...raw, metricPipelines: [configured] }, options);
    assert.deepEqual(
      pipelines.map(({ name, path }) => [name, path]),
      [
        ["configured", "metricPipelines[0]"],
        ["other", "a.yaml#3:spec"],
        ["backend", "b.yaml#1:items[0].spec"],
        ["logs", "a.yaml#1:spec"],
      ],
    );
  });

  it("may be one of the list that the API server has of its kind", () => {
    const list = `kind: MetricPipelineList\nitems:\n- ${metricManifest.trim().replaceAll("\n", "\n  ")}`;
    assert.equal(parse(...file(list)).pipelines[0]?.path, "shop.yaml#1:items[0].spec");
  });

  it("may have aliases and merges of YAML", () => {
    const text = logManifest("")
      .replace("input:", "input: &off")
      .replace("output: {", "output: { <<: { otlp: { protocol: http } },")
      .replace("{ endpoint: {", "{ <<: *tls, endpoint: {")
      .replace("metadata: {", 'metadata: { labels: &tls { path: "/a", protocol: http },');
    const [pipeline] = parse(...file(text.replace('"backend:4317"', '"https://backend"'))).pipelines;
    assert.equal(pipeline?.output.otlp.path, "/a");
    assert.equal(pipeline.output.otlp.protocol, "http");
  });

  it("has two dollar signs in OTTL for one here, and the same number in other texts", () => {
    const text = logManifest(`
  transform:
    - conditions: ['IsMatch(log.body, "a$$")']
      statements: ['replace_pattern(log.attributes["$$$$a"], "(a)$", "$$1 $1 $\${1}")']
  filter: [{ conditions: ['log.body == "$$"'] }]`).replace("backend:4317", () => "https://backend/$$1");
    const [pipeline] = parse(...file(text.replace("endpoint", "protocol: http, endpoint"))).pipelines;
    assert.deepEqual(pipeline?.transform, [
      {
        conditions: ['IsMatch(log.body, "a$")'],
        statements: ['replace_pattern(log.attributes["$$a"], "(a)$", "$1 $1 ${1}")'],
      },
    ]);
    assert.deepEqual(pipeline.filter, [{ conditions: ['log.body == "$"'] }]);
    assert.equal(
      "plain" in pipeline.output.otlp.endpoint && pipeline.output.otlp.endpoint.plain,
      "https://backend/$$1",
    );
  });

  it("of v1alpha1 has `disabled` where v1beta1 has `enabled`", () => {
    const enabled = (spec: string) => parse(...file(old("MetricPipeline", spec))).pipelines[0]?.otlp.enabled;
    assert.equal(enabled("  input: { otlp: { disabled: true }, runtime: { enabled: true } }"), false);
    assert.equal(enabled("  input: { otlp: { disabled: false } }"), true);
    assert.equal(enabled("  input: {}"), true);
  });

  it("takes container logs unless it turns them off, by the name of its version", () => {
    const of = (text: string) => parse(...file(text)).pipelines[0]?.containerLogs?.keepOriginalBody;
    const input = (spec: string) => logManifest("").replace("  input: { runtime: { enabled: false } }\n", spec);
    assert.equal(of(input("")), true);
    assert.equal(of(input("  input: {}\n")), true);
    assert.equal(of(input("  input: { otlp: { enabled: false } }\n")), true);
    assert.equal(of(input("  input: { runtime: { keepOriginalBody: false } }\n")), false);
    assert.equal(of(logManifest("")), undefined);
    assert.equal(of(old("LogPipeline", "  input: { application: { enabled: false } }")), undefined);
    assert.equal(of(old("LogPipeline", "  input: { application: { keepOriginalBody: false } }")), false);
    assert.equal(of(old("LogPipeline", "  transform: []")), true);
  });

  it("accepts the lines that its errors about Fluent Bit offer", () => {
    const reference = "valueFrom: { secretKeyRef: { name: NAME, namespace: NAMESPACE, key: KEY } }";
    const offered = (version: string, input: string) => `
apiVersion: telemetry.kyma-project.io/${version}
kind: LogPipeline
metadata: { name: ${version} }
spec:
  input: { ${input}: { namespaces: {} } }
  filter: [{ conditions: ['IsMatch(log.body, "DEBUG")'] }]
  output:
    otlp:
      protocol: http
      endpoint: { value: https://backend.example.com }
      headers: [{ name: Authorization, ${reference} }]
      tls: { ca: { ${reference} } }
`;
    // The Secret of the example's reference does not exist.
    const text = `${offered("v1alpha1", "application")}---${offered("v1beta1", "runtime")}`;
    const { pipelines, warnings } = parse(...file(text.replace(/NAME(SPACE)?,/g, "a,")));
    assert.deepEqual(
      pipelines.map(({ containerLogs, filter }) => [containerLogs?.namespaces, filter.length]),
      [
        [{}, 1],
        [{}, 1],
      ],
    );
    assert.deepEqual(warnings, []);
  });

  it("of the reference's shapes is read unchanged", () => {
    const text = `
apiVersion: telemetry.kyma-project.io/v1beta1
kind: LogPipeline
metadata: { name: shop, labels: { team: shop } }
spec:
  input:
    otlp: { enabled: true, namespaces: { exclude: [kube-system] } }
    runtime:
      enabled: true
      keepOriginalBody: false
      namespaces: { include: [shop, payment] }
      containers: { exclude: [istio-proxy] }
  transform:
    - conditions: ['log.attributes["tenant"] == ""']
      statements: ['set(log.attributes["tenant"], resource.attributes["k8s.namespace.name"])']
  filter: [{ conditions: ['log.body == "ping"'] }]
  output:
    otlp:
      protocol: http
      endpoint: { valueFrom: { secretKeyRef: { name: backend, namespace: shop, key: endpoint } } }
      path: /v1/logs/shop
      compression: zstd
      authentication:
        oauth2:
          tokenURL: { value: https://id.example.com/token }
          clientID: { valueFrom: { secretKeyRef: { name: backend, namespace: shop, key: id } } }
          clientSecret: { valueFrom: { secretKeyRef: { name: backend, namespace: shop, key: secret } } }
          scopes: [logs]
          params: { audience: logs }
      headers: [{ name: X-Tenant, value: shop }]
status: { conditions: [] }
---
apiVersion: telemetry.kyma-project.io/v1beta1
kind: LogPipeline
metadata: { name: all }
spec:
  input: { runtime: { namespaces: {} } }
  output: { otlp: { endpoint: { value: "https://backend.example.com:4317" }, tls: { insecureSkipVerify: true } } }
---
apiVersion: telemetry.kyma-project.io/v1alpha1
kind: LogPipeline
metadata: { name: old }
spec:
  input: { application: { containers: { include: [server] } }, otlp: { disabled: true } }
  output:
    otlp:
      endpoint: { value: "https://backend.example.com:4317" }
      authentication: { basic: { user: { value: user }, password: { valueFrom: { secretKeyRef: { name: a, namespace: b, key: c } } } } }
`;
    const { pipelines, warnings } = parse(...file(text));
    const noSystem = { exclude: ["istio-system", "kube-system"] };
    assert.deepEqual(
      pipelines.map(({ name, otlp: { enabled }, containerLogs }) => ({ name, enabled, containerLogs })),
      [
        {
          name: "shop",
          enabled: true,
          containerLogs: {
            namespaces: { include: ["payment", "shop"] },
            containers: { exclude: ["istio-proxy"] },
            keepOriginalBody: false,
          },
        },
        { name: "all", enabled: true, containerLogs: { namespaces: {}, containers: {}, keepOriginalBody: true } },
        {
          name: "old",
          enabled: false,
          containerLogs: { namespaces: noSystem, containers: { include: ["server"] }, keepOriginalBody: true },
        },
      ],
    );
    assert.deepEqual(warnings, []);
  });

  it("with a Service's name alone brings a warning, because the log agent has its own namespace", () => {
    const text = logManifest("").replace("enabled: false", "enabled: true");
    assert.deepEqual(warningLines(...file(text)), [
      "shop.yaml#1:spec.output.otlp.endpoint: names a Service without its namespace, so the log agent looks for it in its own one. Write backend.NAMESPACE.",
    ]);
  });
});

const bad: readonly (readonly [behaviour: string, text: string, lines: readonly string[]])[] = [
  [
    "that is not YAML",
    "a: [1, 2\nb: secret",
    ["shop.yaml#1: is not valid YAML at line 2, column 1 (BAD_INDENT). Correct it there."],
  ],
  [
    "that is not YAML in its second document",
    `${logManifest("")}\n---\n\tpassword: secret`,
    ["shop.yaml#2: is not valid YAML at line 10, column 1 (TAB_AS_INDENT). Correct it there."],
  ],
  [
    "with a key twice",
    "kind: MetricPipeline\nkind: MetricPipeline",
    ["shop.yaml#1: is not valid YAML at line 2, column 1 (DUPLICATE_KEY). Correct it there."],
  ],
  [
    "with an alias that does not exist",
    "kind: *secret",
    ["shop.yaml#1: has aliases that cannot be followed. Write the values out."],
  ],
  [
    "that merges a value that is not an object",
    "kind: MetricPipeline\n<<: secret",
    ["shop.yaml#1: has aliases that cannot be followed. Write the values out."],
  ],
  [
    "that is text",
    "just text",
    [
      "shop.yaml#1: must be an object, not text. For example: { apiVersion: telemetry.kyma-project.io/v1beta1, kind: MetricPipeline, metadata: { name: backend }, spec: … }.",
    ],
  ],
  [
    "that is a list",
    "- kind: MetricPipeline",
    [
      "shop.yaml#1: must be an object, not a list. For example: { apiVersion: telemetry.kyma-project.io/v1beta1, kind: MetricPipeline, metadata: { name: backend }, spec: … }.",
    ],
  ],
  [
    "of another kind",
    "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata: { token: c2VjcmV0 }",
    [
      "shop.yaml#1:kind: must be MetricPipeline, TracePipeline or LogPipeline. Remove it: nothing else is made from these files.",
    ],
  ],
  [
    "of a kind that is misspelt",
    metricManifest.replace("MetricPipeline", "MetricsPipeline"),
    ["shop.yaml#1:kind: must be MetricPipeline, TracePipeline or LogPipeline. Did you mean `MetricPipeline`?"],
  ],
  [
    "of another version",
    metricManifest.replace("v1beta1", "v1"),
    [
      "shop.yaml#1:apiVersion: must be telemetry.kyma-project.io/v1beta1 or telemetry.kyma-project.io/v1alpha1. Did you mean `telemetry.kyma-project.io/v1beta1`?",
    ],
  ],
  [
    "without name",
    metricManifest.replace("name: backend\n", "generateName: backend\n"),
    ["shop.yaml#1:metadata.name: is missing. For example: backend."],
  ],
  [
    "without spec",
    "apiVersion: telemetry.kyma-project.io/v1beta1\nkind: TracePipeline\nmetadata: { name: a }",
    [
      "shop.yaml#1:spec: is missing. For example: { output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }.",
    ],
  ],
  [
    "without anything around it",
    "output: { otlp: { endpoint: { value: backend:4317 } } }",
    [
      "shop.yaml#1:apiVersion: is missing. For example: telemetry.kyma-project.io/v1beta1.",
      "shop.yaml#1:kind: is missing. For example: MetricPipeline.",
      "shop.yaml#1:metadata: is missing. For example: { name: backend }.",
      "shop.yaml#1:spec: is missing. For example: { output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }.",
      "shop.yaml#1:output: is not a known field. Known fields here: apiVersion, kind, metadata, spec, status.",
    ],
  ],
  [
    "with an unknown field",
    `${metricManifest}pipelines: []`,
    ["shop.yaml#1:pipelines: is not a known field. Known fields here: apiVersion, kind, metadata, spec, status."],
  ],
  [
    "with its name inside",
    logManifest("  name: other"),
    [
      "shop.yaml#1:spec.name: is not a known field. Only the pipeline itself has a name; in a manifest it belongs into `metadata`.",
    ],
  ],
  [
    "with a name in capital letters",
    logManifest("").replace("logs", "Logs"),
    [
      "shop.yaml#1:metadata.name: must be made of lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part. For example: backend.",
    ],
  ],
  [
    "that occurs twice",
    `${logManifest("")}---${logManifest("")}`,
    ["shop.yaml#2:metadata.name: is the same as shop.yaml#1:metadata.name. Give one of them another name."],
  ],
  [
    "with several faults",
    logManifest("  transfrom: []\n  filter: [{ conditions: [] }]").replace('"backend:4317"', "backend"),
    [
      "shop.yaml#1:spec.transfrom: is not a known field. Did you mean `transform`?",
      "shop.yaml#1:spec.filter[0]: has no condition. Add one to `conditions`, or remove this entry.",
      "shop.yaml#1:spec.output.otlp.endpoint: has no port, which gRPC needs. Add it, such as backend.example.com:4317.",
    ],
  ],
  [
    "of v1alpha1 whose switch is not true or false",
    old("MetricPipeline", '  input: { otlp: { disabled: "yes" } }'),
    ["shop.yaml#1:spec.input.otlp.disabled: must be true or false, not text. Write true or false."],
  ],
  [
    "of v1beta1 with the switch of v1alpha1",
    old("MetricPipeline", "  input: { otlp: { disabled: true } }").replace("alpha", "beta"),
    ["shop.yaml#1:spec.input.otlp.disabled: is not a known field. Write `enabled`, which means the opposite."],
  ],
  [
    "with an output by HTTP for Fluent Bit",
    old("LogPipeline", "  input: {}").replace("otlp: {", "http: { dedot: true, host: { value: a }, "),
    [
      "shop.yaml#1:spec.output.otlp: is missing. For example: { endpoint: { value: https://backend.example.com:4317 } }.",
      "shop.yaml#1:spec.output.http: is not a known field. Only OTLP outputs are offered: write `otlp: { protocol: http, endpoint: { value: https://backend.example.com } }`, with the address at which the backend takes OTLP.",
    ],
  ],
  [
    "with an output that only Fluent Bit has",
    logManifest("").replace(/output: .*/, 'output: { custom: "Name stdout" }'),
    [
      "shop.yaml#1:spec.output.otlp: is missing. For example: { endpoint: { value: https://backend.example.com:4317 } }.",
      "shop.yaml#1:spec.output.custom: is not a known field. Only OTLP outputs are offered: write `otlp: { endpoint: { value: https://backend.example.com:4317 } }`, with the address at which the backend takes OTLP.",
    ],
  ],
  [
    "with filters, files and variables of Fluent Bit",
    logManifest(`
  filters: [{ custom: "Name grep\\nRegex log error" }]
  files: [{ name: a.lua, content: hunter2 }]
  variables: [{ name: TOKEN, valueFrom: { secretKeyRef: { name: a, namespace: b, key: c } } }]`),
    [
      "shop.yaml#1:spec.filters: is not a known field. Filters of Fluent Bit are not run: write OTTL. `filter: [{ conditions: ['IsMatch(log.body, \"DEBUG\")'] }]` drops records, and `transform` changes them.",
      "shop.yaml#1:spec.files: is not a known field. Remove it: only Fluent Bit reads these files. Write a certificate as `tls: { ca: { valueFrom: { secretKeyRef: { name: NAME, namespace: NAMESPACE, key: KEY } } } }` in `output.otlp`, and a script as OTTL in `transform`.",
      "shop.yaml#1:spec.variables: is not a known field. Remove it: write the reference where its value is used, such as `headers: [{ name: Authorization, valueFrom: { secretKeyRef: { name: NAME, namespace: NAMESPACE, key: KEY } } }]` in `output.otlp`.",
    ],
  ],
  ...(["application", "runtime"] as const).map(
    (input) =>
      [
        `with the switch for system namespaces, in ${input}`,
        (input === "application" ? old : beta)(
          "LogPipeline",
          `  input: { ${input}: { namespaces: { system: true } } }`,
        ),
        [
          `shop.yaml#1:spec.input.${input}.namespaces.system: is not a known field. For \`system: true\`, write \`namespaces: {}\`, which means all namespaces. For \`system: false\`, remove \`namespaces\`: without it, \`runtime\` takes no logs of system namespaces.`,
        ],
      ] as const,
  ),
  [
    "with an input that is text",
    old("MetricPipeline", "  input: otlp"),
    ["shop.yaml#1:spec.input: must be an object, not text. For example: { prometheus: { enabled: true } }."],
  ],
  [
    "in a list, with a fault",
    `kind: List\nitems: [{ kind: MetricPipeline, apiVersion: telemetry.kyma-project.io/v1beta1, metadata: { name: a }, spec: {} }]`,
    [
      "shop.yaml#1:items[0].spec.output: is missing. For example: { otlp: { endpoint: { value: https://backend.example.com:4317 } } }.",
    ],
  ],
];

describe("A manifest is refused, with exactly these lines:", () => {
  for (const [behaviour, text, lines] of bad) {
    it(behaviour, () => assert.deepEqual(errorLines(...file(text)), lines));
  }

  it("if it has the same name as a configured pipeline", () => {
    const [raw, options] = file(metricManifest);
    const configured = { name: "backend", output: { otlp: { endpoint: { value: "backend:4317" } } } };
    assert.deepEqual(errorLines({ ...raw, metricPipelines: [configured] }, options), [
      "shop.yaml#1:metadata.name: is the same as metricPipelines[0].name. Give one of them another name.",
    ]);
  });

  it("a file that is listed twice, also in another spelling", () => {
    const [, options] = file(metricManifest);
    for (const again of ["shop.yaml", "./shop.yaml", "x/../shop.yaml"]) {
      assert.deepEqual(errorLines({ pipelineFiles: ["shop.yaml", again] }, options), [
        "pipelineFiles[1]: is the same file as pipelineFiles[0]. Remove one of them.",
      ]);
    }
  });

  it("if a file cannot be read, next to one with faults", () => {
    const [, options] = file("kind: Pod");
    assert.deepEqual(errorLines({ pipelineFiles: ["gone.yaml", "shop.yaml"] }, options), [
      "pipelineFiles[0]: cannot be read. Give the path of a file that can be read, from the folder of Pulumi.yaml.",
      "shop.yaml#1:kind: must be MetricPipeline, TracePipeline or LogPipeline. Remove it: nothing else is made from these files.",
    ]);
  });

  it("whose keys are objects are not quoted in a warning of Node", async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", listen);
    try {
      const [found = ""] = errorLines(...file("? { password: hunter2 }\n: 1\n"));
      assert.match(found, /^shop\.yaml#1/);
      await setImmediate();
    } finally {
      process.off("warning", listen);
    }
    assert.deepEqual(warnings, []);
  });

  it("have the warnings of the stack's configuration, with the file and the place in it", () => {
    const text = `
apiVersion: telemetry.kyma-project.io/v1beta1
kind: TracePipeline
metadata: { name: backend }
spec:
  filter:
    - conditions: ['span.status.code == "ERROR"']
  output: { otlp: { endpoint: { value: "backend.example.com:4317" } } }
`;
    assert.deepEqual(warningLines(...file(text)), [
      "shop.yaml#1:spec.filter[0].conditions[0]: compares `span.status.code`, which is a number, with text, so `==` is never true. Write `span.status.code == STATUS_CODE_ERROR`.",
    ]);
  });
});
