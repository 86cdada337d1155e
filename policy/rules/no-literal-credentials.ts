import {
  at,
  list,
  props,
  quoted,
  texts,
  type KubernetesObject,
  type Props,
  credentialIn,
  isCredentialParameter,
  collectorConfigurations,
  isReference,
  monitorAt,
  containersOf,
  podPath,
  settingAt,
  isMergedSecret,
} from "../facts";
import { objectRule } from "../rule";

export interface LiteralCredentialSettings {
  /** Headers that hold no credential. */
  readonly publicHeaders: readonly string[];
}

/**
 * Finds credentials that the configuration contains as text. A policy sees neither the stack's configuration nor which
 * inputs are secret. So the program lists those fields in an annotation of the merged Secret, and this rule reads the
 * annotation. The rule also reads the places where no credential may ever be: collector configurations and the environment
 * of containers.
 */
export const noLiteralCredentials = objectRule<LiteralCredentialSettings>(
  {
    name: "no-literal-credentials",
    description: "Credentials are in Secrets of the cluster, not in the configuration of pipelines.",
    level: "advisory",
    severity: "critical",
    settings: {
      publicHeaders: {
        type: "array",
        items: { type: "string" },
        default: [],
        description:
          "Headers that never hold a credential, such as X-Scope-OrgID. The configuration may contain their text.",
      },
    },
    applies: (object) => isMergedSecret(object) || object.type === "core/v1:ConfigMap" || podPath(object) !== undefined,
  },
  literalCredentialViolations,
);

/** Annotation of the merged Secret: a JSON list of the fields whose text is in the configuration. */
const literalsAnnotation = "telemetry/literal-credentials";

function literalCredentialViolations(object: KubernetesObject, settings: LiteralCredentialSettings): string[] {
  return [
    ...(isMergedSecret(object) ? writtenFields(object, settings) : []),
    ...collectorConfigurations(object).flatMap(configurationViolations),
    ...podTexts(object).flatMap(({ path, value }) =>
      shapes(value, path).map(({ path: place, kind }) => `${place} ${looksLike(kind)}`),
    ),
    ...containersOf(object).flatMap((container) =>
      list(at(container, "env"))
        .filter((variable) => isCredentialText(String(at(variable, "name")), at(variable, "value")))
        .map(
          (variable) =>
            `container ${quoted(container)}: variable ${quoted(variable)} is text. Use valueFrom.secretKeyRef.`,
        ),
    ),
  ];
}

function configurationViolations(configuration: Props): string[] {
  const places = ["receivers", "exporters", "extensions"].flatMap((kind) => literals(props(configuration[kind]), kind));
  const elsewhere = shapes(configuration, "").filter(({ path }) => !places.includes(path));
  const named = (path: string): string => withSetting(path, monitorAt(configuration, path));
  const remedy = (path: string): string =>
    monitorAt(configuration, path) === undefined
      ? "Move it to a file of the merged Secret."
      : "Move it to a Secret, and reference it with basicAuth, authorization or oauth2.";
  return [
    ...places.map((path) => `${named(path)} of the collector's configuration is text. ${remedy(path)}`),
    ...elsewhere.map(({ path, kind }) => `${named(path)} of the collector's configuration ${looksLike(kind)}`),
  ];
}

/** Adds the user's setting to a place, or the monitor that asks for the scrape job. */
function withSetting(place: string, monitor: string | undefined): string {
  const setting = monitor ?? settingAt(place);
  return setting === undefined ? place : `${place} (${setting})`;
}

const looksLike = (kind: string): string =>
  `looks like ${kind}. Remove it, and reference a Secret with valueFrom.secretKeyRef in an output.`;

/** Lists the texts with the form of a credential, in any field. */
function shapes(value: unknown, path: string): { path: string; kind: string }[] {
  if (typeof value === "string") {
    const kind = credentialIn(value);
    return kind === undefined ? [] : [{ path, kind }];
  }
  return Object.entries(props(value)).flatMap(([key, part]) => shapes(part, path === "" ? key : `${path}.${key}`));
}

/** Lists the parts of a workload with texts that users choose: labels, annotations and arguments. */
function podTexts(object: KubernetesObject): { path: string; value: unknown }[] {
  const path = podPath(object);
  if (path === undefined) return [];
  const metadata = path === "spec" ? "metadata" : path.replace(/spec$/, "metadata");
  return [
    ...["labels", "annotations"].map((field) => ({
      path: `${metadata}.${field}`,
      value: at(object.props, `${metadata}.${field}`),
    })),
    ...containersOf(object).flatMap((container) =>
      ["command", "args"].map((field) => ({
        path: `container ${quoted(container)}: ${field}`,
        value: at(container, field),
      })),
    ),
  ];
}

function writtenFields(object: KubernetesObject, { publicHeaders }: LiteralCredentialSettings): string[] {
  const note = props(at(object.props, "metadata.annotations"))[literalsAnnotation];
  const known = publicHeaders.map((name) => name.toLowerCase());
  return literalFields(note)
    .filter(({ header }) => header === undefined || !known.includes(header.toLowerCase()))
    .map(
      ({ path, header }) =>
        `${path}${header === undefined ? "" : ` (header ${header})`} is text in the configuration. Move it to a ` +
        "Secret, and reference it with valueFrom.secretKeyRef.",
    );
}

function literalFields(note: unknown): { path: string; header?: string }[] {
  return typeof note === "string" ? (JSON.parse(note) as { path: string; header?: string }[]) : [];
}

const isCredentialKey = (key: string): boolean =>
  isCredentialParameter(key) || /^(?:credentials|authorization)$/i.test(key);

function isCredentialName(name: string): boolean {
  return /passw(?:or)?d|secret|token|api_?key|credential/i.test(name);
}

/** Returns true for a variable of that name with a text, and for an address with credentials, such as that of a proxy. */
function isCredentialText(name: string, text: unknown): boolean {
  return Boolean(text) && (isCredentialName(name) || hasAccess(String(text)));
}

/** Returns true for an address with a user. */
const hasAccess = (value: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(value);

/** Returns true for an address with a query, in which some backends take a key. */
const isQueried = (key: string, value: string): boolean => /(?:^|_)(?:endpoint|url)$/.test(key) && value.includes("?");

/** Lists the paths of texts in places for credentials: headers, keys such as `password`, user and query of an address. */
function literals(settings: Props, path: string): string[] {
  return Object.entries(settings).flatMap(([key, value]): string[] => {
    const place = `${path}.${key}`;
    if (typeof value === "string") {
      const isText = value !== "" && !isReference(value);
      return isText && (isCredentialKey(key) || hasAccess(value) || isQueried(key, value)) ? [place] : [];
    }
    // Parameters of a scrape are lists.
    if (isCredentialKey(key) && texts(value).some(Boolean)) return [place];
    if (key === "headers") {
      return Object.entries(props(value))
        .filter(([, text]) => typeof text === "string" && !isReference(text))
        .map(([name]) => `${place}.${name}`);
    }
    return literals(props(value), place);
  });
}
