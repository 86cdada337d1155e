import fc from "fast-check";
import { accepted, edit, type EditArbitrary } from "./edit";
import { ottl } from "./ottl";
import {
  edited,
  filesFolder,
  pick,
  pipelinesOf,
  signals,
  type Fields,
  type PlacedPipeline,
  type Scene,
  type Signal,
  type WrittenPipeline,
} from "./scene";
import { credentials, goodGrpc, goodHttp, goodNames, reference, unicodeCredentials } from "./texts";

const where = fc.nat({ max: 1000 });
const signal = fc.constantFrom(...signals);
const flag = fc.boolean();

/** A good output: settings that exclude each other are never chosen together. */
const goodOutput = fc
  .record({
    http: flag,
    address: where,
    compression: fc.constantFrom(undefined, "none", "gzip", "snappy", "zstd"),
    authentication: fc.constantFrom("none", "none", "basic", "basicOfSecret", "oauth2"),
    headers: fc.uniqueArray(fc.constantFrom("X-Scope-OrgID", "x-odd_1.2", "Api-Key"), { maxLength: 3 }),
    tls: fc.constantFrom("default", "default", "insecureSkipVerify", "insecure"),
    text: where,
  })
  .map(({ http, address, compression, authentication, headers, tls, text }): Fields => {
    const texts = http ? [...credentials, ...unicodeCredentials] : credentials;
    const insecure = tls === "insecure";
    const auth = insecure ? "none" : authentication;
    const value = { value: pick(texts, text) };
    return {
      ...(http && { protocol: "http" }),
      endpoint: insecure
        ? { value: http ? "http://10.0.0.9:4318" : "10.0.0.9:4317" }
        : text % 7 === 0 && !http
          ? reference("endpoint")
          : { value: pick(http ? goodHttp : goodGrpc, address) },
      ...(compression !== undefined && { compression }),
      ...(headers.length > 0 && {
        headers: headers.map((name, i) => ({ name, ...(i % 2 === 0 ? value : reference("token")) })),
      }),
      ...(auth === "basic" && { authentication: { basic: { user: { value: "hunter2" }, password: value } } }),
      ...(auth === "basicOfSecret" && {
        authentication: { basic: { user: reference("user"), password: reference("password") } },
      }),
      ...(auth === "oauth2" && {
        authentication: {
          oauth2: {
            tokenURL: { value: "https://idp.example.com/token" },
            clientID: reference("user"),
            clientSecret: value,
            scopes: ["telemetry.write"],
            params: { audience: "☃" },
          },
        },
      }),
      ...(tls !== "default" && { tls: { [tls]: true } }),
    };
  });

/** Changes one of the pipelines in the configuration, which always has one. */
const onPipeline =
  (change: (placed: PlacedPipeline) => WrittenPipeline) =>
  (scene: Scene, at: number): Scene => {
    const placed = pick(pipelinesOf(scene), at);
    return edited(scene, placed.path, change(placed));
  };

/** Returns a name that no pipeline of the signal has, in the configuration or in a file. */
const freeName = (scene: Scene, of: Signal, at: number): string => {
  const taken = pipelinesOf(scene).flatMap(({ signal, pipeline }) => (signal === of ? [pipeline.name] : []));
  return pick(
    [...goodNames, ...Array.from({ length: 40 }, (_, i) => `n${i}`)].filter((name) => !taken.includes(name)),
    at,
  );
};

const most = 5;

const pipelines: EditArbitrary[] = [
  edit("adds a pipeline", fc.record({ signal, at: where, otlp: goodOutput }), (scene, { signal, at, otlp }) => {
    const key = `${signal}Pipelines`;
    const list = (scene.configuration[key] ?? []) as WrittenPipeline[];
    const added = [...list, { name: freeName(scene, signal, at), output: { otlp } }];
    return accepted(edited(scene, [key], added.slice(-most)));
  }),
  edit("removes a pipeline", where, (scene, at) => {
    const all = pipelinesOf(scene);
    return accepted(all.length > 1 ? edited(scene, pick(all, at).path, undefined) : scene);
  }),
  edit("renames a pipeline", fc.record({ at: where, to: where }), (scene, { at, to }) =>
    accepted(onPipeline(({ signal, pipeline }) => ({ ...pipeline, name: freeName(scene, signal, to) }))(scene, at)),
  ),
  edit("writes the pipelines in the opposite order", fc.constant(0), (scene) =>
    accepted(
      signals.reduce((now, signal) => {
        const list = now.configuration[`${signal}Pipelines`] as unknown[] | undefined;
        return list ? edited(now, [`${signal}Pipelines`], [...list].reverse()) : now;
      }, scene),
    ),
  ),
  edit("changes an output", fc.record({ at: where, otlp: goodOutput }), (scene, { at, otlp }) =>
    accepted(onPipeline(({ pipeline }) => ({ ...pipeline, output: { otlp } }))(scene, at)),
  ),
  edit("changes transform and filter", fc.record({ at: where, text: where }), (scene, { at, text }) =>
    accepted(
      onPipeline(({ signal, pipeline }) => ({
        ...pipeline,
        transform: [{ statements: [pick(ottl[signal].statements, text)] }],
        filter: [{ conditions: [pick(ottl[signal].conditions, text)] }],
      }))(scene, at),
    ),
  ),
  edit("changes selectors and toggles", fc.record({ at: where, canary: flag, exclude: flag }), (scene, choice) => {
    const namespaces = choice.exclude ? { exclude: ["kube-system"] } : { include: ["default", "e2e-edits"] };
    const input = { otlp: { enabled: true, namespaces } };
    return accepted(
      onPipeline(({ signal, pipeline }) => ({
        ...pipeline,
        canary: { enabled: choice.canary },
        ...(signal !== "trace" && { input }),
      }))(scene, choice.at),
    );
  }),
  edit(
    "pulls metrics",
    fc.record({ prometheus: flag, runtime: flag, apiServer: flag, otlp: flag, delta: flag, output: goodOutput }),
    (scene, { delta, output, ...inputs }) => {
      const input = Object.fromEntries(Object.entries(inputs).map(([name, enabled]) => [name, { enabled }]));
      const otlp = { ...output, temporality: delta ? "delta" : "preserve" };
      return accepted(edited(scene, ["metricPipelines"], [{ name: "pulled", input, output: { otlp } }]));
    },
  ),
];

const manifest = (kind: string, name: string, spec: Fields): string =>
  `---\n${JSON.stringify({ apiVersion: "telemetry.kyma-project.io/v1beta1", kind, metadata: { name }, spec })}\n`;

const files: EditArbitrary[] = [
  edit("takes pipelines from a file", fc.record({ otlp: goodOutput, twice: flag }), (scene, { otlp, twice }) => {
    const text =
      manifest("TracePipeline", "of-file", { output: { otlp } }) +
      (twice ? manifest("MetricPipeline", "of-file", { output: { otlp } }) : "---\n# nothing\n");
    return accepted({
      configuration: { ...scene.configuration, pipelineFiles: [`${filesFolder}/pipelines.yaml`] },
      files: { ...scene.files, "pipelines.yaml": text },
    });
  }),
  edit("takes no pipelines from files", fc.constant(0), (scene) => accepted(edited(scene, ["pipelineFiles"], []))),
];

const collector = fc.record({
  logLevel: fc.constantFrom("debug", "info", "warn", "error"),
  resources: fc.constantFrom<Fields>(
    {},
    { limits: { memory: "192Mi" } },
    { requests: { cpu: "0.0005", memory: "0.3Ki" }, limits: { memory: "0.5Gi" } },
    { requests: { memory: "300Mi" } },
    { limits: { cpu: "1.5" } },
  ),
  imagePullSecrets: fc.constantFrom<Fields[]>([], [{ name: "no-such-login" }]),
  priorityClassName: fc.constantFrom(null, "system-node-critical"),
  labels: fc.constantFrom<Fields>({}, { team: "", "example.com/Odd_1": "a.b-c" }),
  annotations: fc.constantFrom<Fields>({}, { "example.com/odd": "Küche\n{a: b} ☃ ${env:HOME} $$" }),
  nodeSelector: fc.constantFrom<Fields>({}, { "kubernetes.io/os": "linux" }),
  tolerations: fc.constantFrom<Fields[]>(
    [{ operator: "Exists" }],
    [{ key: "dedicated", value: "x", effect: "NoExecute" }],
  ),
});

const settings: EditArbitrary[] = [
  edit("sets up the gateway", fc.record({ collector, legacyServices: flag }), (scene, { collector, legacyServices }) =>
    accepted(edited(scene, ["gateway"], { ...collector, legacyServices })),
  ),
  edit("sets up the agent", collector, (scene, agent) => accepted(edited(scene, ["agent"], agent))),
  edit(
    "sets intervals and limits",
    fc.constantFrom<Fields>(
      { collectionInterval: "1500ms", prometheus: { collectionInterval: "1m30s" } },
      { prometheus: { limits: { samples: 1, bodySize: "1.5k" }, hostNetworks: ["10.1.0.0/16", "fd00::/8"] } },
      { prometheus: { names: "legacy" } },
      { collectionInterval: "24h", runtime: { kubelet: { insecureSkipVerify: true } } },
      {},
    ),
    (scene, metric) => accepted(edited(scene, ["metric"], metric)),
  ),
  edit(
    "sets enrichments",
    fc.constantFrom<Fields>(
      { cluster: { name: "${file:/etc/passwd} ☃" }, service: { enabled: false } },
      { extractPodLabels: [{ key: "app.kubernetes.io/version" }, { keyPrefix: "team/" }] },
      { cluster: { name: "x".repeat(5000) } },
      {},
    ),
    (scene, enrichments) => accepted(edited(scene, ["enrichments"], enrichments)),
  ),
  edit("opens the network", fc.constantFrom([], ["10.1.0.0/16", "fd00::/8"]), (scene, egress) =>
    accepted(edited(scene, ["network"], { egress })),
  ),
  edit("sets the mesh", fc.constantFrom("auto", "off"), (scene, mode) => accepted(edited(scene, ["istio"], { mode }))),
  edit("leaves a setting empty", fc.constantFrom("gateway", "agent", "metric", "enrichments"), (scene, key) =>
    accepted(edited(scene, [key], null)),
  ),
  edit("protects", flag, (scene, protect) => accepted(edited(scene, ["protect"], protect))),
  edit("validates", fc.constantFrom("full", "local"), (scene, mode) =>
    accepted(edited(scene, ["validation"], { mode, timeout: "60.5s" })),
  ),
];

/** Slow edits, which are rare. */
const slow: EditArbitrary[] = [
  edit("proves once", fc.constantFrom("always", "onChange"), (scene, mode) =>
    accepted(edited(scene, ["verification"], { mode, timeoutSeconds: 15 })),
  ),
];

export const goodEdits: EditArbitrary = fc.oneof(
  { weight: 10, arbitrary: fc.oneof(...pipelines) },
  { weight: 3, arbitrary: fc.oneof(...files) },
  { weight: 7, arbitrary: fc.oneof(...settings) },
  { weight: 1, arbitrary: fc.oneof(...slow) },
);

/** The configuration before the first edit. */
export const firstScene: Scene = {
  configuration: {
    validation: { mode: "local" },
    metricPipelines: [
      {
        name: "shop",
        transform: [{ statements: ['set(datapoint.attributes["team"], "shop")'] }],
        filter: [{ conditions: ['metric.name == "noise"'] }],
        output: {
          otlp: {
            endpoint: { value: "https://backend.example.com:4317" },
            authentication: { basic: { user: { value: "shop" }, password: reference("password") } },
            headers: [{ name: "X-Scope-OrgID", value: "hunter2-plain" }],
          },
        },
      },
    ],
    tracePipelines: [{ name: "shop", output: { otlp: { endpoint: { value: "backend.example.com:4317" } } } }],
  },
  files: {},
};
