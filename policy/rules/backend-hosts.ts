import { addresses, collectorConfigurations, components, hostOf, isLoopback, matchesHost } from "../facts/collector";
import type { KubernetesObject } from "../facts/objects";
import { secretAddresses } from "../facts/secret-addresses";
import { isMergedSecret } from "../facts/telemetry";
import { objectRule } from "../rule";

export interface BackendHostSettings {
  /** Hosts that data may go to. Empty: any. */
  readonly hosts: readonly string[];
}

export const backendHosts = objectRule<BackendHostSettings>(
  {
    name: "backend-hosts",
    description:
      "Telemetry goes to the hosts that this environment names and nowhere else, so data stays where it may be.",
    severity: "critical",
    settings: {
      hosts: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Hosts such as otlp.example.com or *.eu.example.com. Any host when there is none.",
      },
    },
    applies: (object) => isMergedSecret(object) || collectorConfigurations(object).length > 0,
  },
  hostViolations,
);

export function hostViolations(object: KubernetesObject, { hosts }: BackendHostSettings): string[] {
  if (hosts.length === 0) return [];
  const isForeign = (address: string): boolean => !isLoopback(hostOf(address)) && !matchesHost(hostOf(address), hosts);
  const remedy = `use one of ${hosts.join(", ")}, or add it to the rule's hosts for this environment.`;
  return [
    ...collectorConfigurations(object).flatMap((configuration) =>
      components(configuration, "exporters").flatMap(([id, exporter]) =>
        addresses(exporter)
          .filter(isForeign)
          .map((address) => `exporter '${id}' sends to ${hostOf(address)}: ${remedy}`),
      ),
    ),
    ...secretAddresses(object)
      .filter(({ address }) => isForeign(address))
      .map(({ key }) => `${key} in the merged Secret names a host that is not allowed: ${remedy}`),
  ];
}
