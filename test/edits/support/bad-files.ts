import fc from "fast-check";
import { edit, refused, type EditArbitrary } from "./edit";
import { filesFolder, type Fields, type Scene } from "./scene";

const withFile = (scene: Scene, name: string, text?: string): Scene => ({
  configuration: { ...scene.configuration, pipelineFiles: [`${filesFolder}/${name}`] },
  files: text === undefined ? scene.files : { ...scene.files, [name]: text },
});

const good = { otlp: { endpoint: { value: "backend:4317" } } };
const apiVersion = "telemetry.kyma-project.io/v1beta1";
const manifest = (fields: Fields): string => JSON.stringify({ apiVersion, kind: "TracePipeline", ...fields });

/** Files that are not manifests: not YAML, or YAML of something else. */
const contents: readonly (readonly [what: string, text: string])[] = [
  ["is not YAML", "a: [hunter2"],
  ["has tabs", "kind: TracePipeline\n\tspec: hunter2"],
  ["is text", "hunter2"],
  ["is a list", "[hunter2]"],
  ["is binary", "\u0000\u0001\u0002hunter2\uffff"],
  ["has a loop", "&a [*a]"],
  [
    "has a bomb",
    `a: &a [${"x,".repeat(20)}]\nb: &b [${"*a,".repeat(20)}]\nc: &c [${"*b,".repeat(20)}]\nd: [${"*c,".repeat(20)}]\n`,
  ],
  ["has a key twice", "kind: TracePipeline\nkind: hunter2"],
  ["is another kind", JSON.stringify({ apiVersion: "v1", kind: "Secret", data: { a: "hunter2" } })],
  ["is of another version", manifest({ apiVersion: "v1", metadata: { name: "a" }, spec: { output: good } })],
  ["has no name", manifest({ spec: { output: good } })],
  ["has no output", manifest({ metadata: { name: "a" }, spec: {} })],
  [
    "has a bad endpoint",
    manifest({ metadata: { name: "a" }, spec: { output: { otlp: { endpoint: { value: "hunter2" } } } } }),
  ],
  ["has a name twice", [1, 2].map(() => manifest({ metadata: { name: "a" }, spec: { output: good } })).join("\n---\n")],
  ["has an unknown field", manifest({ metadata: { name: "a" }, spec: { output: good, frobnicate: "hunter2" } })],
  [
    "takes container logs with a field of another agent",
    JSON.stringify({
      apiVersion,
      kind: "LogPipeline",
      metadata: { name: "a" },
      spec: { input: { runtime: { dropLabels: "hunter2" } }, output: good },
    }),
  ],
];

/** Files that were cut off, or never written. */
const withoutPipeline: readonly (readonly [what: string, text: string])[] = [
  ["is empty", ""],
  ["has comments only", "# hunter2\n---\n"],
  ["has an empty list", "kind: List\nitems: []\n"],
];

/** A text that is longer than a ConfigMap, and longer than a value that the engine accepts in a configuration. */
const huge = `set(span.attributes["a"], "${"x".repeat(1_100_000)}")`;

/** `pipelineFiles` whose files are missing or broken. */
export const badFiles: EditArbitrary = fc.oneof(
  {
    weight: 8,
    arbitrary: edit("takes a file that", fc.constantFrom(...contents), (scene, [, text]) =>
      refused(withFile(scene, "bad.yaml", text), `${filesFolder}/bad.yaml#`),
    ),
  },
  {
    weight: 2,
    arbitrary: edit("takes a file that", fc.constantFrom(...withoutPipeline), (scene, [, text]) =>
      refused(withFile(scene, "bad.yaml", text), `${filesFolder}/bad.yaml`),
    ),
  },
  {
    weight: 2,
    arbitrary: edit(
      "takes a file that cannot be read:",
      fc.constantFrom("no-such.yaml", "..", "\u0000", "x".repeat(5000)),
      (scene, name) => refused(withFile(scene, name), "pipelineFiles[0]"),
    ),
  },
  {
    weight: 1,
    arbitrary: edit("takes a file with a huge statement", fc.constant(0), (scene) => {
      const spec = { transform: [{ statements: [huge] }], output: good };
      return refused(
        withFile(scene, "huge.yaml", manifest({ metadata: { name: "huge" }, spec })),
        `${filesFolder}/huge.yaml#1`,
        "collector",
      );
    }),
  },
);
