import fc from "fast-check";
import { badFiles } from "./bad-files";
import { badSettings } from "./bad-settings";
import { edit, refused, type EditArbitrary } from "./edit";
import { ottl } from "./ottl";
import { edited, nodesOf, pathText, pick, pipelinesOf, type Fields, type PlacedPipeline, type Scene } from "./scene";
import { badGrpc, badHttp, badNames, credentials, reference, unicodeCredentials } from "./texts";

const where = fc.nat({ max: 1000 });

/** A change to one pipeline that makes it wrong at a place below it. */
const breaks = <T>(
  name: string,
  choices: fc.Arbitrary<T>,
  change: (placed: PlacedPipeline, choice: T) => { fields: Fields; at: string },
): EditArbitrary =>
  edit(name, fc.record({ at: where, choice: choices }), (scene, { at, choice }) => {
    const placed = pick(pipelinesOf(scene), at);
    const { fields, at: place } = change(placed, choice);
    return refused(edited(scene, placed.path, { ...placed.pipeline, ...fields }), `${pathText(placed.path)}.${place}`);
  });

/** A good output with these fields. */
const output = (fields: Fields): Fields => ({
  output: { otlp: { endpoint: { value: "https://backend.example.com:4317" }, ...fields } },
});

const shapes: EditArbitrary[] = [
  edit("writes another type", fc.record({ at: where, by: where }), (scene, { at, by }) => {
    const { path, value } = pick(
      nodesOf(scene.configuration).filter(({ path }) => path[0] !== "protect"),
      at,
    );
    const wrong =
      typeof value === "string"
        ? [{ a: "hunter2" }, ["hunter2"], 5, true]
        : typeof value === "number"
          ? ["hunter2", [5], { a: 5 }]
          : typeof value === "boolean"
            ? ["hunter2", 1, [true], { a: true }]
            : Array.isArray(value)
              ? ["hunter2", { a: "hunter2" }, 7, true]
              : ["hunter2", ["hunter2"], 3, false];
    return refused(edited(scene, path, pick<unknown>(wrong, by)), pathText(path));
  }),
  edit(
    "adds an unknown field",
    fc.record({
      at: where,
      key: fc.constantFrom("frobnicate", "Name", "constructor", "__proto__", "toString", "ünïcode", "a b", "hunter2=x"),
    }),
    (scene, { at, key }) => {
      const { path, value } = pick(
        nodesOf(scene.configuration).filter(
          ({ value, free }) => typeof value === "object" && !Array.isArray(value) && !free,
        ),
        at,
      );
      const fields = Object.fromEntries([...Object.entries(value as object), [key, "hunter2"]]);
      return refused(edited(scene, path, fields), pathText(path));
    },
  ),
  edit(
    "adds an unknown setting",
    fc.constantFrom("metricPipeline", "pipelines", "hunter2 x", "Namespace", "tracePipelines2", "ünïcode", "__proto__"),
    (scene, key) =>
      refused({ ...scene, configuration: { ...scene.configuration, [key]: { a: "hunter2" } } }, "telemetry:"),
  ),
  edit("leaves out a required field", fc.record({ at: where, what: where }), (scene, { at, what }) => {
    const { path } = pick(pipelinesOf(scene), at);
    const gone = [...path, ...pick([["name"], ["output"], ["output", "otlp"], ["output", "otlp", "endpoint"]], what)];
    return refused(edited(scene, gone, undefined), pathText(gone));
  }),
];

const names: EditArbitrary[] = [
  breaks("gives a bad name", fc.constantFrom(...badNames), (_, name) => ({ fields: { name }, at: "name" })),
  edit("gives a name twice", where, (scene, at) => {
    const { path, pipeline } = pick(pipelinesOf(scene), at);
    const list = scene.configuration[String(path[0])] as unknown[];
    return refused(edited(scene, [path[0] ?? ""], [...list, pipeline]), `${String(path[0])}[${list.length}].name`);
  }),
];

const endpoint = (value: string, fields: Fields = {}) => ({
  fields: output({ endpoint: { value }, ...fields }),
  at: "output.otlp.endpoint",
});
const header = (...headers: Fields[]) => ({ fields: output({ headers }), at: "output.otlp.headers[" });
const basic = (user: string, password: string) => ({ basic: { user: { value: user }, password: { value: password } } });

const outputs: EditArbitrary[] = [
  breaks("gives a bad gRPC endpoint", fc.constantFrom(...badGrpc), (_, value) => endpoint(value)),
  breaks("gives a bad URL", fc.constantFrom(...badHttp), (_, value) => endpoint(value, { protocol: "http" })),
  breaks(
    "gives a bad name of a header",
    fc.constantFrom("", "a b", "hunter2:", "Content-Type", "grpc-x", "x-bin", "ä", "a\nb"),
    (_, name) => header({ name, value: "hunter2-plain" }),
  ),
  breaks(
    "gives a bad header",
    fc.constantFrom("", " hunter2", "hunter2\n", "hunter2\u0000", "hunter2\r\nX: y", ...unicodeCredentials),
    (_, value) => header({ name: "X-Key", value }),
  ),
  breaks("gives a header twice", fc.constantFrom(...credentials), (_, value) =>
    header({ name: "X-Key", value }, { name: "x-key", value }),
  ),
  breaks(
    "authenticates wrongly",
    fc.constantFrom<Fields>(
      basic("a:hunter2", "hunter2"),
      basic("", "hunter2"),
      basic("hunter2", ""),
      { basic: { user: { value: "hunter2" } } },
      { ...basic("a", "hunter2"), oauth2: { tokenURL: { value: "https://idp/token" } } },
      { bearer: { value: "hunter2" } },
      {
        oauth2: {
          tokenURL: { value: "idp.example.com/hunter2" },
          clientID: { value: "a" },
          clientSecret: { value: "hunter2" },
        },
      },
    ),
    (_, authentication) => ({ fields: output({ authentication }), at: "output.otlp.authentication" }),
  ),
  breaks("authenticates without TLS", fc.constantFrom(...credentials), (_, password) => ({
    fields: { output: { otlp: { endpoint: { value: "http://backend:4317" }, authentication: basic("a", password) } } },
    at: "output.otlp.authentication.basic",
  })),
  breaks(
    "gives bad TLS material",
    fc.constantFrom<Fields>(
      { ca: { value: "hunter2" } },
      { ca: { value: "" } },
      { ca: { value: "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----" } },
      { cert: { value: "hunter2" } },
      { key: { value: "hunter2" } },
      { insecure: true },
      { insecureSkipVerify: "true" },
    ),
    (_, tls) => ({ fields: output({ tls }), at: tls.insecure === true ? "output.otlp" : "output.otlp.tls" }),
  ),
  breaks("chooses what there is not", fc.constantFrom("lz4", "GZIP", "", "hunter2"), (_, compression) => ({
    fields: output({ compression }),
    at: "output.otlp.compression",
  })),
];

const ottlEdits: EditArbitrary[] = (
  [
    ["writes a broken statement", "transform", "statements", "brokenStatements", "reader"],
    ["writes a broken condition", "filter", "conditions", "brokenConditions", "reader"],
    ["writes a statement that the collector refuses", "transform", "statements", "refusedStatements", "collector"],
    ["writes a condition that the collector refuses", "filter", "conditions", "refusedConditions", "collector"],
  ] as const
).map(([name, use, part, texts, by]) =>
  edit(name, fc.record({ at: where, text: where }), (scene, { at, text }) => {
    const { signal, path, pipeline } = pick(pipelinesOf(scene), at);
    // Without an input, no collector gets the statements of a pipeline.
    const input = signal === "trace" ? {} : { input: { otlp: { enabled: true } } };
    const bad = { ...pipeline, ...input, [use]: [{ [part]: [pick(ottl[signal][texts], text)] }] };
    return refused(edited(scene, path, bad), `${pathText(path)}.${use}[0]`, by);
  }),
);

const secrets: EditArbitrary[] = [
  edit(
    "refers to a Secret that does not exist",
    fc.record({
      at: where,
      value: fc.constantFrom(
        reference("nosuchkey"),
        reference("token", "nosuch"),
        reference("token", "source", "nosuch"),
      ),
    }),
    (scene, { at, value }) => {
      const { path, pipeline } = pick(pipelinesOf(scene), at);
      const bad = { ...pipeline, ...output({ headers: [{ name: "X-Key", ...value }] }) };
      return refused(edited(scene, path, bad), `${pathText(path)}.output.otlp.headers[0]`, "secrets");
    },
  ),
  edit("refers to a Secret that does not fit", where, (scene, at) => {
    const { path, pipeline } = pick(pipelinesOf(scene), at);
    const bad = { ...pipeline, ...output({ endpoint: reference("token") }) };
    return refused(edited(scene, path, bad), `${pathText(path)}.output.otlp.endpoint`, "secrets");
  }),
];

/** Faults that only a pod finds. */
const cluster: EditArbitrary[] = [
  edit(
    "needs an image or node that does not exist",
    fc.constantFrom<Fields>({ image: "registry.invalid/none:1" }, { nodeSelector: { nosuch: "node" } }),
    (scene, gateway) => {
      const [first] = pipelinesOf(scene);
      const sure: Scene = {
        ...scene,
        configuration: { ...scene.configuration, validation: { mode: "full", timeout: "15s" }, gateway },
      };
      return refused(
        first
          ? edited(
              sure,
              ["tracePipelines"],
              [{ ...first.pipeline, input: undefined, transform: [], filter: [], name: "sure" }],
            )
          : sure,
        "",
        "cluster",
      );
    },
  ),
];

export const badEdits: EditArbitrary = fc.oneof(
  { weight: 12, arbitrary: fc.oneof(...shapes) },
  { weight: 3, arbitrary: fc.oneof(...names) },
  { weight: 10, arbitrary: fc.oneof(...outputs) },
  { weight: 8, arbitrary: fc.oneof(...ottlEdits) },
  { weight: 3, arbitrary: fc.oneof(...secrets) },
  { weight: 12, arbitrary: badSettings },
  { weight: 6, arbitrary: badFiles },
  { weight: 1, arbitrary: fc.oneof(...cluster) },
);
