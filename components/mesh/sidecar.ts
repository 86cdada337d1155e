import { meshCertificates } from "../inputs";
import { ports } from "../contract";
import type { Backend } from "../credentials";

/** Volume in which the proxy stores its certificates of the mesh. */
export const certificatesVolume = {
  volume: { name: "istio-certs", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
  mountPath: meshCertificates,
};

export const sidecarLabels = { "sidecar.istio.io/inject": "true" };

/**
 * Keeps proxies out of pods in a namespace where a mesh adds one to each pod: Istio, Kuma, Linkerd and Consul. Behind a
 * proxy, all senders would have its address, so no data would have a pod.
 */
export const noProxy = {
  labels: { "sidecar.istio.io/inject": "false", "kuma.io/sidecar-injection": "disabled" },
  annotations: { "linkerd.io/inject": "disabled", "consul.hashicorp.com/connect-inject": "false" },
};

/**
 * Returns annotations that give an agent a proxy of the mesh for two purposes: certificates to scrape targets that
 * reject plain requests, and the route to backends that may be in the mesh. All other traffic bypasses the proxy.
 */
export function sidecarAnnotations(backends: readonly Backend[]): Record<string, string> {
  const backendPorts = [...new Set(backends.map(({ port }) => port))].sort((a, b) => a - b);
  return {
    // The collector does not start without the certificates.
    "proxy.istio.io/config": `holdApplicationUntilProxyStarts: true\nproxyMetadata:\n  OUTPUT_CERTS: ${meshCertificates}\n`,
    "sidecar.istio.io/userVolumeMount": JSON.stringify([
      { name: certificatesVolume.volume.name, mountPath: meshCertificates },
    ]),
    "traffic.sidecar.istio.io/excludeInboundPorts": `${ports.selfMetrics}`,
    "traffic.sidecar.istio.io/includeOutboundIPRanges": "",
    "traffic.sidecar.istio.io/includeOutboundPorts": backendPorts.join(","),
  };
}
