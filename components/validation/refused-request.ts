import { explainRefusal, type RefusedPod } from "../admission";
import { trouble, type Trouble } from "./pod-state";

/** A request that the API server refused, and the surroundings that its message needs. */
export interface RefusedRequest extends RefusedPod {
  /** HTTP status. Missing if the API server was not reached. */
  readonly code?: number;
}

/** Returns why the API server refused a request that a validation needs. */
export function refusalOf(request: RefusedRequest): Trouble {
  const { code, detail, namespace } = request;
  if (code === undefined) {
    return trouble(`could not be run: the cluster does not answer (${detail})`, "Check the kubeconfig and the network");
  }
  const explained = explainRefusal(request);
  if (explained) return trouble(explained.problem, explained.remedy);
  if (code === 401) {
    return trouble(
      `could not be run: the API server does not accept the login (${detail})`,
      "Check that the login in the kubeconfig is still valid",
    );
  }
  if (code === 403) {
    return trouble(
      `could not be run: you may not run a pod in namespace ${namespace} (${detail})`,
      "Get the right to create, get and delete pods and configmaps and to get pods/log there, or set telemetry:validation.mode to local",
    );
  }
  return trouble(`could not be run: the API server refused to run a pod (${detail})`, "Remove the cause");
}
