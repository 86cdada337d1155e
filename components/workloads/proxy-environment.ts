import * as pulumi from "@pulumi/pulumi";
import type { types } from "@pulumi/kubernetes";
import { podVariables } from "../collector";
import type { Backend } from "../credentials";
import { serviceName, type Proxy } from "../settings";

type EnvVar = types.input.core.v1.EnvVar;

/**
 * Hosts that every collector reaches directly, in the form of NO_PROXY. Kubernetes replaces `$(NAME)` by the value of a
 * variable of the pod. Exporters, token requests, the kubelet's receiver and the scraper's discovery read the proxy from
 * the environment. Scrapes and the receivers' other requests to the API server never do.
 */
const direct = [
  "localhost",
  "127.0.0.1",
  "::1",
  "$(KUBERNETES_SERVICE_HOST)",
  `$(${podVariables.hostIps})`,
  ".svc",
  ".cluster.local",
];

/**
 * Returns the variables by which the collector finds the proxy. They follow those of the pod, to which they refer. One
 * proxy serves all schemes: gRPC always asks for the one of HTTPS, with or without TLS to the backend.
 */
export function proxyEnvironment(proxy: Proxy | undefined, backends: pulumi.Input<readonly Backend[]>): EnvVar[] {
  if (proxy === undefined) return [];
  const noProxy = pulumi
    .output(backends)
    .apply((known) => [...new Set([...direct, ...servicesByName(known), ...proxy.noProxy])].join(","));
  return [
    { name: "HTTPS_PROXY", value: proxy.url },
    { name: "HTTP_PROXY", value: proxy.url },
    { name: "NO_PROXY", value: noProxy },
  ];
}

/** Returns the backends that are written as a bare Service name. No domain in NO_PROXY matches such a name. */
function servicesByName(backends: readonly Backend[]): string[] {
  const hosts = backends.flatMap(({ host }) => (host === undefined ? [] : [host]));
  return hosts.filter((host) => !host.includes(".") && serviceName(host)?.certain).sort();
}
