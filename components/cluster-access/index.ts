/** How any program of this project reaches the cluster. It loads neither Pulumi nor a schema. */
export type { ClusterAccess } from "./access";
export { apiMessage } from "./api-message";
export { innermostMessage } from "./innermost-message";
export { loadKubeConfig } from "./kubeconfig";
export { pagesOf } from "./pages";
export { ThrottledError, unlessThrottled } from "./throttling";
export { withTimeLimit } from "./time-limit";
