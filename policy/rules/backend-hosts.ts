import {
  addresses,
  collectorConfigurations,
  components,
  hostOf,
  isLoopback,
  matchesHost,
  type KubernetesObject,
  secretAddresses,
  outputOf,
  isMergedSecret,
} from "../facts";
import { objectRule } from "../rule";

export interface BackendHostSettings {
  /** Hosts that data may go to. An empty list allows every host. */
  readonly hosts: readonly string[];
}

export const backendHosts = objectRule<BackendHostSettings>(
  {
    name: "backend-hosts",
    description: "Telemetry goes only to hosts that this environment allows, so no data leaves for another place.",
    severity: "critical",
    settings: {
      hosts: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Allowed hosts, such as otlp.example.com or *.eu.example.com. An empty list allows every host.",
      },
    },
    applies: (object) => isMergedSecret(object) || collectorConfigurations(object).length > 0,
  },
  hostViolations,
);

function hostViolations(object: KubernetesObject, { hosts }: BackendHostSettings): string[] {
  if (hosts.length === 0) return [];
  const isForeign = (address: string): boolean => !isLoopback(hostOf(address)) && !matchesHost(hostOf(address), hosts);
  const remedy = (setting: string): string =>
    `Change ${setting} to one of ${hosts.join(", ")}, or add its host to \`hosts\` of this rule.`;
  return [
    ...collectorConfigurations(object).flatMap((configuration) =>
      components(configuration, "exporters").flatMap(([id, exporter]) =>
        addresses(exporter)
          .filter(isForeign)
          .map((address) => `exporter '${id}' sends to ${hostOf(address)}. ${remedy(`${outputOf(id)}.endpoint`)}`),
      ),
    ),
    ...secretAddresses(object)
      .filter(({ address }) => isForeign(address))
      .map(
        ({ key, setting }) =>
          `${setting} (key ${key} of the merged Secret) has a host that is not allowed. ${remedy(setting)}`,
      ),
  ];
}
