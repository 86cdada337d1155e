import { join } from "node:path";
import { parse, stringify } from "yaml";

/** A file of the rendered folder. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
  /** Whether only its owner may read it. */
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

/** Kinds that others refer to come first, so that `kubectl apply -f` works on the folder as it is. */
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

/** End of a name that changes with the content, and for Secrets with every rendering. */
const fingerprint = /-[0-9a-f]{10}$/;

/** End of a name that the engine made up, another one with every rendering. */
const madeUp = /-[0-9a-f]{8}$/;

/**
 * The files to write for the manifests that the provider rendered. Unless `withSecrets`, Secrets are left out: what
 * refers to one does so by a name without its fingerprint, and a note says which keys the cluster has to have.
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

/** Nothing refers to what has a name that was made up. */
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

/** What collectors read, as files of their own: in a ConfigMap it is one long text. */
function collectorConfigurations({ kind, metadata, data = {} }: Manifest): RenderedFile[] {
  if (kind !== "ConfigMap") return [];
  return Object.entries(data)
    .filter(([key]) => key === "relay.yaml")
    .map(([, text]) => ({ path: `collectors/${metadata.name.replace(fingerprint, "")}.yaml`, text }));
}

function noteOf(secrets: readonly Manifest[], withStableNames: (text: string) => string): string {
  return [
    "# Secrets that are not in here",
    "",
    "The pods do not start before the cluster has these. Their content comes with `npm run render -- --secrets`: seal it",
    "before you put it anywhere.",
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

/** A project whose stack makes nothing in a cluster: the program of `root` with a provider that writes to `folder`. */
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
    // Without the types of its settings: what comes out of another stack is checked, and text.
    project: stringify({ ...settingsOfProject, config: undefined, main: join(root, "index.ts") }),
    stack: stringify({
      config: {
        ...withoutCluster(Object.fromEntries(settings) as Readonly<Record<string, unknown>>),
        "kubernetes:renderYamlToDirectory": folder,
      },
    }),
  };
}

/** What is rendered is validated here, if at all, and never verified: the cluster is not even asked whether it is there. */
function withoutCluster(settings: Readonly<Record<string, unknown>>): object {
  const validation = settings["telemetry:validation"] as { readonly mode?: string } | undefined;
  const unverified = { ...settings, "telemetry:verification": { mode: "off" } };
  if (validation?.mode === "off") return unverified;
  return { ...unverified, "telemetry:validation": { ...validation, mode: "local" } };
}
