/** Watches the objects of the cluster from which updates are made, and the objects that updates make. */
export { DriftWatch } from "./drift-watch";
export { MonitorWatch } from "./watch-monitors";
export { ObjectWatch, objectFile, pipelineApiVersion, type FoundPipeline } from "./watch-objects";
export { SecretWatch } from "./watch-secrets";
