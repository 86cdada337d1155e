import { join } from "node:path";
import { parse, stringify } from "yaml";
import { configurationFile } from "../../components/contract";

/** A file in the rendered folder. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
  /** Set if only its owner may read it. */
  readonly secret?: true;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** Kinds that others reference come first, so that `kubectl apply -f` works on the folder. */
const order = [
  "Namespace",
  "PriorityClass",
  "ServiceAccount",
  "ClusterRole",
  "Role",
  "ClusterRoleBinding",
  "RoleBinding",
  "Secret",
  "ConfigMap",
  "NetworkPolicy",
  "Service",
];

/** The end of a name that changes with the content, and for Secrets with every rendering. */
const fingerprint = /-[0-9a-f]{10}$/;

/** The end of a name that the engine chose. It changes with every rendering. */
const madeUp = /-[0-9a-f]{8}$/;

/**
 * Returns the files for the manifests that the provider rendered. Without `withSecrets`, Secrets are left out: references to
 * them have no fingerprint in the name, and a note lists the keys that each Secret in the cluster needs.
 */
export function renderedFiles(texts: readonly string[], withSecrets: boolean): RenderedFile[] {
  const manifests = texts.map(withOwnName).sort(byKind);
  const secrets = manifests.map(({ manifest }) => manifest).filter(({ kind }) => kind === "Secret");
  const names = new Map(secrets.map(({ metadata: { name } }) => [name, name.replace(fingerprint, "")]));
  const withStableNames = (text: string): string =>
    [...names].reduce((changed, [name, stable]) => changed.replaceAll(name, stable), text);

  const written = withSecrets ? manifests : manifests.filter(({ manifest }) => manifest.kind !== "Secret");
  return [
    ...written.map(({ manifest, text }): RenderedFile => {
      const path = `manifests/${fileName(manifest)}`;
      if (manifest.kind === "Secret") return { path, text, secret: true };
      return { path, text: withSecrets ? text : withStableNames(text) };
    }),
    ...manifests.flatMap(({ manifest }) => collectorConfigurations(manifest)),
    ...(withSecrets || secrets.length === 0 ? [] : [{ path: "secrets.md", text: noteOf(secrets, withStableNames) }]),
  ];
}

/** Takes the engine's part out of a name. No other object references an object whose name the engine chose. */
function withOwnName(rendered: string): { text: string; manifest: Manifest } {
  const { metadata } = parse(rendered) as Manifest;
  const isMadeUp = metadata.annotations?.["pulumi.com/autonamed"] === "true";
  const text = isMadeUp ? rendered.replaceAll(metadata.name, metadata.name.replace(madeUp, "")) : rendered;
  return { text, manifest: parse(text) as Manifest };
}

function byKind({ manifest: a }: { manifest: Manifest }, { manifest: b }: { manifest: Manifest }): number {
  return rank(a) - rank(b) || (fileName(a) < fileName(b) ? -1 : 1);
}

function rank({ kind }: Manifest): number {
  const place = order.indexOf(kind);
  return place === -1 ? order.length : place;
}

function fileName(manifest: Manifest): string {
  const { kind, metadata } = manifest;
  const parts = [String(rank(manifest)).padStart(2, "0"), kind.toLowerCase(), metadata.namespace, metadata.name];
  return `${parts.filter((part) => part !== undefined).join("-")}.yaml`;
}

/** Collector configurations as separate files: in a ConfigMap, each is one long text. */
function collectorConfigurations({ kind, metadata, data = {} }: Manifest): RenderedFile[] {
  if (kind !== "ConfigMap") return [];
  return Object.entries(data)
    .filter(([key]) => key === configurationFile)
    .map(([, text]) => ({ path: `collectors/${metadata.name.replace(fingerprint, "")}.yaml`, text }));
}

function noteOf(secrets: readonly Manifest[], withStableNames: (text: string) => string): string {
  return [
    "# Secrets that are left out",
    "",
    "The pods start only when the cluster has these Secrets. `npm run render -- --secrets` writes their content: seal it",
    "before you store it anywhere.",
    ...secrets.flatMap(({ metadata: { name, namespace }, data = {} }) => [
      "",
      `\`${withStableNames(name)}\` in namespace \`${namespace ?? "default"}\`, with the keys`,
      "",
      ...Object.keys(data)
        .sort()
        .map((key) => `- \`${key}\``),
    ]),
    "",
  ].join("\n");
}

/** Makes a project that creates nothing in a cluster: the program of `root`, with a provider that writes to `folder`. */
export function renderProject(
  project: string,
  root: string,
  config: string,
  folder: string,
): { project: string; stack: string } {
  const settingsOfProject = parse(project) as Record<string, unknown>;
  const values = JSON.parse(config) as Readonly<Record<string, { value?: string; objectValue?: unknown }>>;
  const settings = Object.entries(values).map(([key, { value, objectValue }]) => [key, objectValue ?? value]);
  return {
    // Without the types of the settings: the other stack has checked the values, and they come as text.
    project: stringify({ ...settingsOfProject, config: undefined, main: join(root, "index.ts") }),
    stack: stringify({
      config: {
        ...withoutCluster(Object.fromEntries(settings) as Readonly<Record<string, unknown>>),
        "kubernetes:renderYamlToDirectory": folder,
      },
    }),
  };
}

/** Validates on this machine, if at all, and never verifies: rendering sends no request to the cluster. */
function withoutCluster(settings: Readonly<Record<string, unknown>>): object {
  const validation = settings["telemetry:validation"] as { readonly mode?: string } | undefined;
  const unverified = { ...settings, "telemetry:verification": { mode: "off" } };
  if (validation?.mode === "off") return unverified;
  return { ...unverified, "telemetry:validation": { ...validation, mode: "local" } };
}
