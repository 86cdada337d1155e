import { literal } from "../collector";
import {
  faulty,
  fromEither,
  fromSecret,
  inField,
  nothing,
  ofAgent,
  settings,
  together,
  type HttpSettings,
} from "./http-parts";
import { fault } from "./monitor-faults";
import { eitherReference } from "./monitor-files";
import type { MonitorEndpoint, MonitorObject, MonitorOAuth2, MonitorProxy } from "./monitor-object";
import { isGoUrl } from "./prometheus-values";
import { tlsSettings } from "./tls-settings";

/** Returns how the targets of an endpoint are asked. `place` is the endpoint's place in the spec. */
export function httpSettings(monitor: MonitorObject, endpoint: MonitorEndpoint, place: string): HttpSettings {
  const { enableHttp2, scheme, path, params, tlsConfig } = endpoint;
  const schemeName = scheme?.toLowerCase() ?? "";
  const isScheme = ["", "http", "https"].includes(schemeName);
  return together([
    settings({
      ...(path && { metrics_path: literal(path) }),
      ...(schemeName && { scheme: schemeName }),
      ...(params && { params: literalParams(params) }),
      ...(enableHttp2 !== undefined && { enable_http2: enableHttp2 }),
    }),
    mergeKeyFaults(params, `${place}.params`),
    isScheme ? nothing : faulty(fault(`${place}.scheme`, "monitor", "is neither http nor https", "Write one of them")),
    tlsConfig ? inField("tls_config", tlsSettings(monitor, tlsConfig, `${place}.tlsConfig`)) : nothing,
    proxySettings(endpoint, place),
    authSettings(monitor, endpoint, place),
  ]);
}

const literalParams = (params: Readonly<Record<string, readonly string[]>>): object =>
  Object.fromEntries(Object.entries(params).map(([name, values]) => [literal(name), values.map(literal)]));

/** A name that YAML reads as a merge of maps. The scraper writes it without quotes and can then read no job at all. */
const mergeKey = "<<";

const mergeKeyFaults = (params: object | undefined, place: string): HttpSettings =>
  params !== undefined && Object.hasOwn(params, mergeKey)
    ? faulty(
        fault(place, "endpoint", `has a parameter named ${mergeKey}, which the collector cannot read`, "Rename it"),
      )
    : nothing;

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
  if (!/^[\w!#$%&'*+.^`|~-]*$/.test(type.trim()))
    return faulty(fault(`${place}.type`, "endpoint", "cannot be in a header", "Write one such as Bearer"));
  return inField(
    "authorization",
    together([
      settings(type.trim() === "" ? {} : { type: literal(type.trim()) }),
      credentials?.name ? fromSecret(monitor, "credentials_file", credentials, `${place}.credentials`) : nothing,
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
    mergeKeyFaults(endpointParams, `${place}.endpointParams`),
    isGoUrl(tokenUrl, ["http", "https"])
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
    ...(proxyUrl !== "" && !isGoUrl(proxyUrl, ["http", "https", "socks5", "socks5h"])
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
