import { isIP } from "node:net";
import { z } from "zod";
import { field, parts, struct } from "../schema";
import { checkHost, checkPort, endpointParts, endpointTarget, isOwnPod } from "./checks";
import { sortedSet } from "./normalize";

/** The HTTP proxy between the collectors and backends outside the cluster. */
export interface Proxy {
  /** `http://HOST:PORT`, without credentials. */
  readonly url: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** Further hosts to which connections stay direct. */
  readonly noProxy: readonly string[];
}

const usualPort = "3128";

/** Returns what is wrong with a proxy's URL. Connections of gRPC decide most of it: they speak HTTP to the proxy. */
function proxyFaults(url: string): string[] {
  const written = endpointParts(url);
  if (written?.scheme !== "http") return ["does not start with `http://`, and gRPC reaches no other kind of proxy"];
  const { userinfo, port, path = "/", query, fragment } = written;
  if (userinfo !== undefined) {
    return ["has credentials before its host, which everyone who may read pods could see; use a proxy without a login"];
  }
  const faults = [...checkHost(written, ""), ...(port === undefined ? [] : checkPort(port, "", usualPort))];
  if (faults.length > 0) return faults.map(({ problem }) => problem);
  if (isOwnPod(written.host)) return ["is the collector's own pod"];
  if (port === undefined) return ["has no port"];
  return path !== "/" || query !== undefined || fragment !== undefined ? ["has more than a host and a port"] : [];
}

const hostName = /^(?:\*?[.])?[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?(?::\d{1,5})?$/;

const cidr = z.union([z.cidrv4(), z.cidrv6()]);

const isDirectHost = (text: string): boolean => isIP(text) !== 0 || cidr.safeParse(text).success || hostName.test(text);

const directHost = z
  .string()
  .check(
    parts((text) =>
      isDirectHost(text) ? [] : [[undefined, "is not a host, a domain, an address or a CIDR"] as const],
    ),
  );

export const proxySettings = field(
  struct({
    url: field(z.string().check(parts((url) => proxyFaults(url).map((fault) => [undefined, fault] as const))), {
      description: "Address of the proxy, without credentials.",
      example: `http://proxy.example.com:${usualPort}`,
      rule: "`http://HOST:PORT`. Backends keep their own TLS.",
    }),
    noProxy: field(z.array(field(directHost, { description: "Hosts.", example: ".corp.example.com" })).default([]), {
      description:
        "Further hosts that gateway and agent reach without the proxy: backends inside your network, Services written as " +
        "`name.namespace` or with a domain other than `cluster.local`, and the API server where pods know it by a name.",
      example: "[.corp.example.com, 10.0.0.0/8]",
      rule:
        "`example.com` is this host and all below, `.example.com` only those below. An address or a CIDR matches only " +
        "backends that are written as an address. A port may follow a name: `example.com:4317`.",
    }),
  }).optional(),
  {
    description:
      "HTTP proxy to backends outside the cluster, for gRPC and HTTP. Connections stay direct to the API server, the pod's " +
      "node, scraped targets, names that end in `.svc` or `.cluster.local`, and Services without a dot in their name. The " +
      "network policies allow the proxy.",
    example: `{ url: "http://proxy.example.com:${usualPort}" }`,
  },
);

/** Returns the proxy with its address in parts; nothing where there is none. */
export function normalizeProxy(written: z.output<typeof proxySettings>): Proxy | undefined {
  const target = written && endpointTarget(written.url);
  return target && { url: written.url.replace(/\/$/, ""), ...target, noProxy: sortedSet(written.noProxy) };
}
