/** Where the agent's own Istio proxy leaves the certificates it has from the mesh. */
export const meshCertificates = "/etc/istio-output-certs";

/**
 * The agent scrapes proxies of the mesh with its own certificate. A proxy's certificate names a workload of the mesh,
 * not the scraped address. So only the mesh's authority could be checked, which Prometheus can't do without the name.
 */
export const meshTls = {
  ca_file: `${meshCertificates}/root-cert.pem`,
  cert_file: `${meshCertificates}/cert-chain.pem`,
  key_file: `${meshCertificates}/key.pem`,
  insecure_skip_verify: true,
};
