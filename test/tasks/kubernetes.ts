import { mochaStep } from "../runner/mocha";
import { onCluster } from "./e2e";

/** The end-to-end tests that meet most kinds of objects, rights and metrics of the API server and the kubelet. */
const files = ["agent", "container-logs", "gateway", "ownership", "prometheus-operator"].map(
  (name) => `test/e2e/${name}.test.ts`,
);

/** Runs end-to-end tests on a cluster with the oldest Kubernetes that can be built. */
export function run(): Promise<number> {
  return onCluster((env) => [mochaStep("oldest Kubernetes", files, { env, live: true })], { kubernetes: "oldest" });
}
