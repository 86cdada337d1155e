/** Istio: whether workloads are in a mesh, and the proxy that an agent gets there. */
export { apiGroupReader, isInMesh } from "./detect-mesh";
export { certificatesVolume, sidecarAnnotations, sidecarLabels } from "./sidecar";
