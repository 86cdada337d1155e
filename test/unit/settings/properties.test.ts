import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAllDocuments, visit } from "yaml";
import { checkEndpoint, endpointTarget, type RawConfiguration } from "../../../components/settings";
import { PipelineConfigError } from "../../../components/config-error";
import { formatFinding } from "../../../components/schema";
import { checkTokenUrl } from "../../../components/settings/checks/oauth2";
import { checkOttl } from "../../../components/settings/checks/ottl-texts";
import { errorLines, parse, warningLines } from "./helpers";

const marker = "hunter2";

/** Texts of all sorts, each with a marker in it that no message may show. */
const secret = fc
  .tuple(
    fc.constantFrom("", "https://", "http://user:", "-----BEGIN CERTIFICATE-----\n", "set(", '"', "a\n", "{"),
    fc.constantFrom("", "@a:4317/b?c=d#e", "\n-----END CERTIFICATE-----", "\n", " ", ")", ":", "Ä"),
  )
  .map(([before, after]) => before + marker + after);

const fieldNames = [
  ...["name", "input", "output", "otlp", "transform", "filter", "conditions", "statements", "endpoint", "value"],
  ...["valueFrom", "secretKeyRef", "namespace", "key", "protocol", "path", "compression", "temporality", "headers"],
  ...["prefix", "authentication", "basic", "user", "password", "oauth2", "tokenURL", "clientID", "clientSecret"],
  ...["scopes", "params", "tls", "insecure", "ca", "cert", "enabled", "namespaces", "include", "exclude", "prometheus"],
  ...["runtime", "istio", "resources", "additionalMetrics", "collectionInterval", "cluster", "extractPodLabels"],
  ...["keyPrefix", "service", "unknown", "constructor", "__proto__", "toString", "", "a b"],
];

/** Any value that resembles a configuration. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(secret, fc.boolean(), fc.integer(), fc.constantFrom<unknown>(null, undefined, "grpc", "http", [], {})),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...fieldNames), tie("tree"), { maxKeys: 6, noNullPrototype: false }),
  ),
}));
const configuration: fc.Arbitrary<RawConfiguration> = fc.record(
  {
    metricPipelines: fc.oneof(fc.array(tree, { maxLength: 3 }), tree),
    tracePipelines: fc.oneof(fc.array(tree, { maxLength: 3 }), tree),
    logPipelines: fc.oneof(fc.array(tree, { maxLength: 3 }), tree),
    metric: tree,
    enrichments: tree,
  },
  { requiredKeys: [] },
);

/** Good pipelines in which some leaf was replaced, so that most of the checks run. */
const otlpWith = fc.record(
  {
    protocol: fc.oneof(fc.constantFrom<unknown>("grpc", "http"), tree),
    endpoint: fc.oneof(fc.record({ value: secret }), tree),
    path: fc.oneof(secret, tree),
    headers: fc.oneof(fc.array(fc.record({ name: secret, value: secret, prefix: secret }), { maxLength: 2 }), tree),
    authentication: fc.oneof(
      fc.record({ basic: fc.record({ user: fc.record({ value: secret }), password: fc.record({ value: secret }) }) }),
      fc.record({
        oauth2: fc.record({ tokenURL: fc.record({ value: secret }), scopes: fc.array(secret), params: tree }),
      }),
      tree,
    ),
    tls: fc.oneof(
      fc.record({
        ca: fc.record({ value: secret }),
        cert: fc.record({ value: secret }),
        key: fc.record({ value: secret }),
      }),
      tree,
    ),
  },
  { requiredKeys: [] },
);
const nearlyGood: fc.Arbitrary<RawConfiguration> = fc.record({
  metricPipelines: fc.array(
    fc.record({
      name: fc.oneof(fc.constantFrom("a", "b"), secret),
      input: fc.record({ runtime: fc.record({ enabled: fc.boolean(), additionalMetrics: fc.array(secret) }) }),
      output: fc.record({ otlp: otlpWith }),
      filter: fc.array(fc.record({ conditions: fc.array(secret) }), { maxLength: 2 }),
      transform: fc.array(fc.record({ conditions: fc.array(secret), statements: fc.array(secret) }), { maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
});

/** Returns the keys of all objects in a text, as far as it is YAML. */
function keysIn(text: string): string[] {
  const keys: string[] = [];
  const documents = parseAllDocuments(text);
  for (const document of "empty" in documents ? [] : documents)
    visit(document, { Pair: (_, { key }) => void keys.push(String(key)) });
  return keys;
}

/** Returns the lines of a configuration's errors, or else of its warnings. Throws every other error. */
function allLines(raw: RawConfiguration): string[] {
  const errors = errorLines(raw);
  return errors.length > 0 ? errors : warningLines(raw);
}

describe("Whatever the configuration is", function () {
  this.timeout(60_000);

  it("the parser ends with a result or its one error, in which no text of the user is repeated", () => {
    fc.assert(
      fc.property(fc.oneof(configuration, nearlyGood), (raw) => {
        for (const line of allLines(raw)) assert.equal(line.includes(marker), false, line);
      }),
      { numRuns: 500 },
    );
  });

  it("the parser does not crash on any value in place of pipelines", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }), (value) => {
        allLines({ metricPipelines: value, tracePipelines: [value], enrichments: value });
      }),
      { numRuns: 500 },
    );
  });

  it("no text of a manifest is ever shown, even if it is not YAML", () => {
    const yaml = fc
      .array(
        fc.oneof(
          secret,
          fc.constantFrom("kind: ", "spec: ", "  ", "\n", "- ", "? ", "&a ", "*a", "|", "!!int ", "---\n"),
        ),
      )
      .map((parts) => parts.join(""))
      // The key of an unknown field is shown, so that its owner finds it.
      .filter((text) => !keysIn(text).some((key) => key.includes(marker)));
    fc.assert(
      fc.property(yaml, (text) => {
        for (const line of errorLines({ pipelineFiles: ["a.yaml"] }, { readFile: () => text }))
          assert.equal(line.includes(marker), false, line);
      }),
    );
  });
});

describe("The order of pipelines", () => {
  const pipelines = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "a.b", "a-b"),
      output: fc.record({
        otlp: fc.record({
          endpoint: fc.constantFrom({ value: "backend:4317" }, { value: "backend" }, {}),
          compression: fc.constantFrom("gzip", "zstd", "lz4"),
        }),
      }),
    }),
    { selector: ({ name }) => name },
  );
  const shuffled = pipelines.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
  );
  const withoutIndex = (lines: readonly string[]) =>
    lines.map((line) => line.replace(/^tracePipelines\[\d+\]/, "")).sort();

  it("changes neither the findings nor the parsed pipelines", () => {
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const [before, after] = [{ tracePipelines: one }, { tracePipelines: other }];
        assert.deepEqual(withoutIndex(errorLines(after)), withoutIndex(errorLines(before)));
        if (errorLines(before).length > 0) return;
        const byName = (raw: RawConfiguration) =>
          parse(raw)
            .pipelines.map(({ name, output }) => [name, output.otlp.compression])
            .sort();
        assert.deepEqual(byName(after), byName(before));
      }),
    );
  });
});

describe("Endpoints", () => {
  const host = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.constant("backend"),
  );
  const port = fc.integer({ min: 1, max: 65535 });
  const elsewhere = (name: string) =>
    !/^(localhost|127\.|0\.0\.0\.0$|\[(::1|0*(:0*){6}:0*1)\])/i.test(name) && !/^\[[0:.]*(ffff:[0:.]*)?\]$/i.test(name);

  it("made of a host and a port are good for gRPC, and their target is the written one", () => {
    fc.assert(
      fc.property(host.filter(elsewhere), port, fc.constantFrom("", "https://", "http://"), (name, number, scheme) => {
        const text = `${scheme}${name}:${number}`;
        const errors = checkEndpoint(text, { path: "e", protocol: "grpc" }).filter(
          ({ severity }) => severity === "error",
        );
        assert.deepEqual(errors.map(formatFinding), []);
        assert.deepEqual(endpointTarget(text), {
          host: name.replace(/^\[|\]$/g, ""),
          port: number,
        });
      }),
    );
  });

  it("that are URLs of the web are good for HTTP", () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ["http", "https"] }), (url) => {
        const errors = checkEndpoint(url, { path: "e", protocol: "http", ownPath: true }).filter(
          ({ severity }) => severity === "error",
        );
        assert.deepEqual(errors.map(formatFinding), []);
      }),
    );
  });

  it("of tokens have a target if they have no fault", () => {
    const piece = fc.constantFrom(..."a é 1 0 . .. - : :0 :443 / % %41 ? # @ [ ] [::1] [::] 0.0.0.0".split(" "));
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 6 }), (parts) => {
        const url = `https://${parts.join("")}`;
        if (checkTokenUrl(url, "t").length === 0) assert.ok(endpointTarget(url), url);
      }),
      { numRuns: 2000 },
    );
  });

  it("of any text bring findings and no exception", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        checkEndpoint(text, { path: "e" });
        endpointTarget(text);
      }),
    );
  });
});

describe("OTTL of any text", () => {
  it("brings findings and no exception", () => {
    const piece = fc.constantFrom(
      ...'( ) [ ] { } " \\ = == and or not set( IsMatch( log. body attributes["a"] 1 0x , .'.split(" "),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (parts) => {
        checkOttl(parts.join(" "), "p", "logs", "filter", "condition");
        checkOttl(parts.join(""), "p", "traces", "transform", "statement");
      }),
    );
  });
});

describe("Input that is not plain data", () => {
  it("is refused like any other: endless nesting, proxies, maps and dates", () => {
    const nested = Array.from({ length: 200 }).reduce<unknown>((inner) => ({ output: inner }), {});
    assert.throws(() => parse({ tracePipelines: [nested] }), PipelineConfigError);
    assert.throws(
      () => parse({ tracePipelines: new Proxy([], {}), metric: new Map(), logPipelines: [new Date()] }),
      PipelineConfigError,
    );
  });
});
