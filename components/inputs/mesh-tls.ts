/** Where the agent's own Istio proxy leaves the certificates it has from the mesh. */
export const meshCertificates = "/etc/istio-output-certs";

/**
 * Proxies of the mesh are asked with the agent's own certificate. Theirs name a workload of the mesh, not the address
 * that is asked, so only the mesh's authority could be checked, which Prometheus can't without the name.
 */
export const meshTls = {
  ca_file: `${meshCertificates}/root-cert.pem`,
  cert_file: `${meshCertificates}/cert-chain.pem`,
  key_file: `${meshCertificates}/key.pem`,
  insecure_skip_verify: true,
};
