import { fromFile, literal, skippedVerification } from "../collector";
import { skipVerifyField } from "../schema";
import { fault, type MonitorFault } from "./monitor-faults";
import { eitherReference, monitorFile, pathOfFile, type FileForm, type MonitorFile } from "./monitor-files";
import type {
  KeyReference,
  MonitorEndpoint,
  MonitorObject,
  MonitorOAuth2,
  MonitorProxy,
  MonitorTls,
  SecretOrConfigMap,
} from "./monitor-object";

/** A part of a scrape job's settings, with the files that it reads. */
export interface HttpSettings {
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: readonly MonitorFile[];
  readonly faults: readonly MonitorFault[];
}

const together = (parts: readonly HttpSettings[]): HttpSettings => ({
  config: Object.assign({}, ...parts.map(({ config }) => config)) as HttpSettings["config"],
  files: parts.flatMap(({ files }) => files),
  faults: parts.flatMap(({ faults }) => faults),
});

const settings = (config: object): HttpSettings => ({
  config: config as HttpSettings["config"],
  files: [],
  faults: [],
});
const nothing = settings({});
const faulty = (...faults: readonly MonitorFault[]): HttpSettings => ({ ...nothing, faults });

/** Returns how the targets of an endpoint are asked. `place` is the endpoint's place in the spec. */
export function httpSettings(monitor: MonitorObject, endpoint: MonitorEndpoint, place: string): HttpSettings {
  const { followRedirects, enableHttp2, scheme, path, params, tlsConfig } = endpoint;
  const schemeName = scheme?.toLowerCase() ?? "";
  const isScheme = ["", "http", "https"].includes(schemeName);
  return together([
    settings({
      ...(path && { metrics_path: literal(path) }),
      ...(schemeName && { scheme: schemeName }),
      ...(params && { params: literalParams(params) }),
      ...(followRedirects !== undefined && { follow_redirects: followRedirects }),
      ...(enableHttp2 !== undefined && { enable_http2: enableHttp2 }),
    }),
    isScheme ? nothing : faulty(fault(`${place}.scheme`, "monitor", "is neither http nor https", "Write one of them")),
    tlsConfig ? inField("tls_config", tlsSettings(monitor, tlsConfig, `${place}.tlsConfig`)) : nothing,
    proxySettings(endpoint, place),
    authSettings(monitor, endpoint, place),
  ]);
}

const literalParams = (params: Readonly<Record<string, readonly string[]>>): object =>
  Object.fromEntries(Object.entries(params).map(([name, values]) => [literal(name), values.map(literal)]));

const inField = (name: string, { config, ...rest }: HttpSettings): HttpSettings => ({
  ...rest,
  config: { [name]: config },
});

/** Returns a setting that reads the text of a reference from its file. */
function fromSecret(
  monitor: MonitorObject,
  setting: string,
  reference: KeyReference | undefined,
  field: string,
  form: FileForm = "text",
): HttpSettings {
  if (!reference?.name || !reference.key)
    return faulty(fault(field, "monitor", "names no Secret and key", "Write the name of the Secret and its key"));
  const file = monitorFile(monitor, "Secret", reference, { field, form });
  return { ...settings({ [setting]: pathOfFile(file) }), files: [file] };
}

function fromEither(
  monitor: MonitorObject,
  setting: string,
  reference: SecretOrConfigMap,
  place: { readonly field: string; readonly form: FileForm },
): HttpSettings {
  if (reference.secret && reference.configMap)
    return faulty(fault(place.field, "monitor", "names both a Secret and a ConfigMap", "Keep one of them"));
  const [kind, key, name] = eitherReference(reference) ?? [];
  if (kind === undefined || key === undefined) return nothing;
  const file = monitorFile(monitor, kind, key, { ...place, field: `${place.field}.${name}` });
  return {
    ...settings({ [setting]: place.form === "setting" ? fromFile(pathOfFile(file)) : pathOfFile(file) }),
    files: [file],
  };
}

const tlsVersions = ["TLS10", "TLS11", "TLS12", "TLS13"];

function tlsSettings(monitor: MonitorObject, tls: MonitorTls, place: string): HttpSettings {
  const { ca = {}, cert = {}, keySecret, serverName, minVersion, maxVersion } = tls;
  const skips = Boolean((tls as Readonly<Record<string, unknown>>)[skipVerifyField]);
  const hasCert = eitherReference(cert) !== undefined;
  const hasKey = Boolean(keySecret?.name);
  const unknown = [minVersion, maxVersion].some((version) => version !== undefined && !tlsVersions.includes(version));
  return together([
    settings({
      ...(serverName && { server_name: literal(serverName) }),
      ...skippedVerification({ [skipVerifyField]: skips }),
      ...(minVersion && { min_version: minVersion }),
      ...(maxVersion && { max_version: maxVersion }),
    }),
    fromEither(monitor, "ca_file", ca, { field: `${place}.ca`, form: "certificate" }),
    fromEither(monitor, "cert_file", cert, { field: `${place}.cert`, form: "certificate" }),
    hasKey ? fromSecret(monitor, "key_file", keySecret, `${place}.keySecret`, "private key") : nothing,
    ...(["caFile", "certFile", "keyFile"] as const)
      .filter((name) => tls[name])
      .map((name) => ofAgent(`${place}.${name}`)),
    hasCert === hasKey || tls.certFile || tls.keyFile
      ? nothing
      : faulty(
          fault(
            place,
            "monitor",
            `has a ${hasCert ? "certificate without its key" : "key without its certificate"}`,
            "Set both cert and keySecret",
          ),
        ),
    unknown || (minVersion && maxVersion && minVersion > maxVersion)
      ? faulty(
          fault(
            place,
            "monitor",
            "has TLS versions that do not exist or are in the wrong order",
            `Write ${tlsVersions.join(", ")}`,
          ),
        )
      : nothing,
  ]);
}

/** Files of the agent's pod are no one else's: the token among them would go to any target that a monitor selects. */
const ofAgent = (field: string): HttpSettings =>
  faulty(
    fault(
      field,
      "endpoint",
      "names a file of the agent's pod, which monitors must not read",
      "Refer to a Secret of the monitor's namespace instead",
    ),
  );

function authSettings(monitor: MonitorObject, endpoint: MonitorEndpoint, place: string): HttpSettings {
  const { basicAuth, authorization, oauth2, bearerTokenSecret, bearerTokenFile } = endpoint;
  const token = bearerTokenSecret?.name ? bearerTokenSecret : undefined;
  const used = Object.entries({ basicAuth, authorization, oauth2, bearerTokenSecret: token }).filter(
    ([, value]) => value,
  );
  if (used.length > 1) {
    const names = used.map(([name]) => name).join(" and ");
    return faulty(fault(place, "monitor", `has ${names}, of which a request can have only one`, "Keep one of them"));
  }
  return together([
    bearerTokenFile ? ofAgent(`${place}.bearerTokenFile`) : nothing,
    token
      ? inField("authorization", fromSecret(monitor, "credentials_file", token, `${place}.bearerTokenSecret`))
      : nothing,
    basicAuth
      ? inField(
          "basic_auth",
          together([
            fromSecret(monitor, "username_file", basicAuth.username, `${place}.basicAuth.username`),
            fromSecret(monitor, "password_file", basicAuth.password, `${place}.basicAuth.password`),
          ]),
        )
      : nothing,
    authorization ? authorizationSettings(monitor, authorization, `${place}.authorization`) : nothing,
    oauth2 ? inField("oauth2", oauth2Settings(monitor, oauth2, `${place}.oauth2`)) : nothing,
  ]);
}

function authorizationSettings(
  monitor: MonitorObject,
  { type = "", credentials }: NonNullable<MonitorEndpoint["authorization"]>,
  place: string,
): HttpSettings {
  if (type.trim().toLowerCase() === "basic")
    return faulty(fault(`${place}.type`, "monitor", "is basic", "Use basicAuth instead"));
  return inField(
    "authorization",
    together([
      settings(type.trim() === "" ? {} : { type: literal(type.trim()) }),
      fromSecret(monitor, "credentials_file", credentials, `${place}.credentials`),
    ]),
  );
}

function oauth2Settings(monitor: MonitorObject, oauth2: MonitorOAuth2, place: string): HttpSettings {
  const { clientId = {}, clientSecret, tokenUrl = "", scopes = [], endpointParams = {}, tlsConfig } = oauth2;
  return together([
    settings({
      token_url: literal(tokenUrl),
      ...(scopes.length > 0 && { scopes: scopes.map(literal) }),
      ...(Object.keys(endpointParams).length > 0 && {
        endpoint_params: Object.fromEntries(
          Object.entries(endpointParams).map(([name, value]) => [literal(name), literal(value)]),
        ),
      }),
    }),
    URL.canParse(tokenUrl)
      ? nothing
      : faulty(
          fault(`${place}.tokenUrl`, "monitor", "is not a URL", "Write one such as https://login.example.com/token"),
        ),
    eitherReference(clientId)
      ? nothing
      : faulty(fault(`${place}.clientId`, "monitor", "names no Secret or ConfigMap", "Write the name and the key")),
    fromEither(monitor, "client_id", clientId, { field: `${place}.clientId`, form: "setting" }),
    fromSecret(monitor, "client_secret_file", clientSecret, `${place}.clientSecret`),
    tlsConfig ? inField("tls_config", tlsSettings(monitor, tlsConfig, `${place}.tlsConfig`)) : nothing,
    proxySettings(oauth2, place),
  ]);
}

function proxySettings(
  { proxyUrl = "", noProxy = "", proxyFromEnvironment = false, proxyConnectHeader = {} }: MonitorProxy,
  place: string,
): HttpSettings {
  const faults = [
    ...(proxyFromEnvironment
      ? [
          fault(
            `${place}.proxyFromEnvironment`,
            "endpoint" as const,
            "would use the proxy to the backends for targets in the cluster",
            "Write proxyUrl instead",
          ),
        ]
      : []),
    ...(Object.keys(proxyConnectHeader).length > 0
      ? [
          fault(
            `${place}.proxyConnectHeader`,
            "endpoint" as const,
            "is not supported",
            "Use a proxy that needs no headers",
          ),
        ]
      : []),
    ...(proxyUrl !== "" && !URL.canParse(proxyUrl)
      ? [fault(`${place}.proxyUrl`, "monitor" as const, "is not a URL", "Write one such as http://proxy.shop:3128")]
      : []),
    ...(noProxy !== "" && proxyUrl === ""
      ? [fault(`${place}.noProxy`, "monitor" as const, "needs a proxyUrl", "Add proxyUrl or remove noProxy")]
      : []),
  ];
  return {
    ...settings({ ...(proxyUrl && { proxy_url: literal(proxyUrl) }), ...(noProxy && { no_proxy: literal(noProxy) }) }),
    faults,
  };
}
