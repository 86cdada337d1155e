import {
  addresses,
  collectorConfigurations,
  components,
  hostOf,
  isLoopback,
  matchesHost,
  at,
  type KubernetesObject,
  type Props,
  secretAddresses,
  outputOf,
  isMergedSecret,
} from "../facts";
import { objectRule } from "../rule";

export interface BackendTlsSettings {
  /** Hosts that may be reached without TLS. */
  readonly plaintextHosts: readonly string[];
}

/** Requires TLS for everything except data that stays in the pod and hosts in `plaintextHosts`. */
export const backendTls = objectRule<BackendTlsSettings>(
  {
    name: "backend-tls",
    description: "Telemetry goes out encrypted, and only to a backend with a verified certificate.",
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

function tlsViolations(object: KubernetesObject, { plaintextHosts }: BackendTlsSettings): string[] {
  const isFree = (address: string): boolean =>
    isLoopback(hostOf(address)) || matchesHost(hostOf(address), plaintextHosts);
  return [
    ...collectorConfigurations(object).flatMap((configuration) =>
      components(configuration, "exporters").flatMap(([id, exporter]) => exporterViolations(id, exporter, isFree)),
    ),
    ...secretAddresses(object)
      .filter(({ address }) => isPlaintext(address) && !isFree(address))
      .map(
        ({ key, setting }) =>
          `${setting} (key ${key} of the merged Secret) starts with http://. Change it to https:// in its source.`,
      ),
  ];
}

function exporterViolations(id: string, exporter: Props, isFree: (address: string) => boolean): string[] {
  const known = addresses(exporter);
  if (known.length > 0 && known.every(isFree)) return [];
  // The reference to a key of the Secret does not contain the host.
  const isSecret = known.length === 0;
  const because = isSecret ? ", and plaintextHosts cannot allow it because its address is in a Secret" : "";
  const output = outputOf(id);
  const otherwise = isSecret ? ", or write the address as text" : "";
  return [
    ...(at(exporter, "tls.insecure") === true || known.some(isPlaintext)
      ? [
          `exporter '${id}' sends without TLS${because}. Change ${output}.endpoint to https:// and remove ` +
            `${output}.tls.insecure${otherwise}.`,
        ]
      : []),
    ...(at(exporter, "tls.insecure_skip_verify") === true
      ? [
          `exporter '${id}' does not verify the backend's certificate. Remove ${output}.tls.insecureSkipVerify, and ` +
            `set ${output}.tls.ca to the backend's certificate authority.`,
        ]
      : []),
  ];
}

function isPlaintext(address: string): boolean {
  return /^http:\/\//i.test(address);
}
