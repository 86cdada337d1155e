/** Istio: detects a mesh, and gives an agent its proxy. */
export { isInMesh } from "./detect-mesh";
export { certificatesVolume, noProxy, sidecarAnnotations, sidecarLabels } from "./sidecar";
