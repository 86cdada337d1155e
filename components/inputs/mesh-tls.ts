/** The folder in which the agent's own Istio proxy stores its certificates of the mesh. */
export const meshCertificates = "/etc/istio-output-certs";

/**
 * TLS settings with which the agent scrapes proxies of the mesh: its own certificate, without verification. A proxy's
 * certificate names a workload of the mesh, not the scraped address. So only the mesh's authority could be verified,
 * but Prometheus cannot verify it without the name.
 */
export const meshTls = {
  ca_file: `${meshCertificates}/root-cert.pem`,
  cert_file: `${meshCertificates}/cert-chain.pem`,
  key_file: `${meshCertificates}/key.pem`,
  insecure_skip_verify: true,
};
