/** Istio: detects a mesh, and gives an agent its proxy. */
export { isInMesh } from "./detect-mesh";
export { certificatesVolume, sidecarAnnotations, sidecarLabels } from "./sidecar";
