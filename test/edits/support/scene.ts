import { stringify } from "yaml";

type Key = string | number;
export type Path = readonly Key[];
export type Fields = Readonly<Record<string, unknown>>;

export const signals = ["metric", "trace", "log"] as const;
export type Signal = (typeof signals)[number];

/** A pipeline as a user writes it. Its type does not depend on the program under test. */
export interface WrittenPipeline {
  readonly name: string;
  readonly input?: Fields;
  readonly transform?: readonly Fields[];
  readonly filter?: readonly Fields[];
  readonly output: { readonly otlp: Fields };
  readonly canary?: Fields;
}

/** All that a user has written: a stack's configuration by key, and files beside it by name. */
export interface Scene {
  readonly configuration: Fields;
  readonly files: Readonly<Record<string, string>>;
}

export interface PlacedPipeline {
  readonly signal: Signal;
  readonly path: Path;
  readonly pipeline: WrittenPipeline;
}

/** The folder of a scene's files in the configuration. */
export const filesFolder = "{files}";

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns a copy with another value at a path, or without the field if the value is undefined. */
function withValue<T>(value: T, [key, ...rest]: Path, changed: unknown): T {
  if (key === undefined) return changed as T;
  const next = rest.length === 0 ? changed : withValue((value as Record<Key, unknown>)?.[key] ?? {}, rest, changed);
  if (Array.isArray(value)) {
    const list: unknown[] = [...(value as unknown[])];
    list.splice(Number(key), 1, ...(next === undefined ? [] : [next]));
    return list as T;
  }
  const entries = Object.entries(value as object).filter(([name]) => name !== key);
  return Object.fromEntries([...entries, ...(next === undefined ? [] : [[key, next]])]) as T;
}

export const edited = (scene: Scene, path: Path, changed: unknown): Scene => ({
  ...scene,
  configuration: withValue(scene.configuration, path, changed),
});

/** `metricPipelines[0].output`, as messages write it. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = !/^[A-Za-z_][\w./-]{0,62}$/.test(key) ? "[?]" : /[./]/.test(key) ? `["${key}"]` : key;
    return text === "" || name.startsWith("[") ? text + name : `${text}.${name}`;
  }, "");
}

/** Returns the pipelines in the configuration itself. */
export function pipelinesOf({ configuration }: Scene): PlacedPipeline[] {
  return signals.flatMap((signal) => {
    const key = `${signal}Pipelines`;
    return ((configuration[key] ?? []) as WrittenPipeline[]).map((pipeline, i) => ({
      signal,
      path: [key, i],
      pipeline,
    }));
  });
}

/** Returns the pipelines in the configuration and in files with manifests. */
export function allPipelines(scene: Scene, manifests: (text: string) => readonly Fields[]): PlacedPipeline[] {
  const named = (scene.configuration.pipelineFiles ?? []) as string[];
  const ofFiles = named.flatMap((name, i) =>
    manifests(scene.files[name.replace(`${filesFolder}/`, "")] ?? "").map((manifest): PlacedPipeline => {
      const { kind, metadata, spec } = manifest as unknown as { kind: string; metadata: Fields; spec: Fields };
      const signal = kind.replace("Pipeline", "").toLowerCase() as Signal;
      return { signal, path: ["pipelineFiles", i], pipeline: { ...spec, name: metadata.name } as WrittenPipeline };
    }),
  );
  return [...pipelinesOf(scene), ...ofFiles];
}

export const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;

/** Keys whose values are maps of the user's own keys. */
const freeMaps = ["labels", "annotations", "nodeSelector", "params"];

/** Returns every value of a configuration with its path. `free` is true for a map with the user's own keys. */
export function nodesOf(value: unknown, path: Path = []): { path: Path; value: unknown; free: boolean }[] {
  // `null` is the same as a missing value.
  if (value === null) return [];
  const below = Array.isArray(value)
    ? value.flatMap((item, i) => nodesOf(item, [...path, i]))
    : isRecord(value)
      ? Object.entries(value).flatMap(([key, part]) => nodesOf(part, [...path, key]))
      : [];
  return path.length === 0 ? below : [{ path, value, free: freeMaps.includes(String(path.at(-1))) }, ...below];
}

/** Returns the data that is needed to repeat a step by hand. */
export function describeScene({ configuration, files }: Scene): string {
  const shown = Object.entries(files).map(([name, text]) => `# ${name}\n${text.slice(0, 2000)}`);
  return [stringify(configuration), ...shown].join("\n").slice(0, 20_000);
}
