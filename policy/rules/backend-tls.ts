import { addresses, collectorConfigurations, components, hostOf, isLoopback, matchesHost } from "../facts/collector";
import { at, type KubernetesObject, type Props } from "../facts/objects";
import { secretAddresses } from "../facts/secret-addresses";
import { isMergedSecret } from "../facts/telemetry";
import { objectRule } from "../rule";

export interface BackendTlsSettings {
  /** Hosts that may be reached without TLS. */
  readonly plaintextHosts: readonly string[];
}

/** Data to the own pod needs no TLS; everything else does, unless the environment names the host. */
export const backendTls = objectRule<BackendTlsSettings>(
  {
    name: "backend-tls",
    description: "Telemetry leaves the cluster encrypted, to a backend whose certificate was verified.",
    level: "advisory",
    severity: "high",
    settings: {
      plaintextHosts: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Hosts that may be reached without TLS, such as collector.mesh or *.svc.cluster.local.",
      },
    },
    applies: (object) => isMergedSecret(object) || collectorConfigurations(object).length > 0,
  },
  tlsViolations,
);

export function tlsViolations(object: KubernetesObject, { plaintextHosts }: BackendTlsSettings): string[] {
  const isFree = (address: string): boolean =>
    isLoopback(hostOf(address)) || matchesHost(hostOf(address), plaintextHosts);
  return [
    ...collectorConfigurations(object).flatMap((configuration) =>
      components(configuration, "exporters").flatMap(([id, exporter]) => exporterViolations(id, exporter, isFree)),
    ),
    ...secretAddresses(object)
      .filter(({ address }) => isPlaintext(address) && !isFree(address))
      .map(({ key }) => `${key} in the merged Secret begins with http://: write an https:// address in its source.`),
  ];
}

function exporterViolations(id: string, exporter: Props, isFree: (address: string) => boolean): string[] {
  const known = addresses(exporter);
  if (known.length > 0 && known.every(isFree)) return [];
  // Which key of the Secret it is says nothing about the host.
  const unknownHost =
    known.length === 0
      ? ", and no plaintextHosts can name an address that is kept in a Secret: write it as text, or"
      : ":";
  return [
    ...(at(exporter, "tls.insecure") === true || known.some(isPlaintext)
      ? [
          `exporter '${id}' sends without TLS${unknownHost} give an https:// endpoint and leave ` +
            "output.otlp.tls.insecure out.",
        ]
      : []),
    ...(at(exporter, "tls.insecure_skip_verify") === true
      ? [
          `exporter '${id}' verifies no certificate: leave output.otlp.tls.insecureSkipVerify out, and give the ` +
            "backend's own authority as output.otlp.tls.ca.",
        ]
      : []),
  ];
}

function isPlaintext(address: string): boolean {
  return /^http:\/\//i.test(address);
}
