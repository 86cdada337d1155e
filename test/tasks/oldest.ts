import { delimiter, join } from "node:path";
import { collectorImage, collectorVersions } from "../../components/contract";
import { ensureBuilt } from "../../lab";
import { bin } from "../../lab/host";
import { mochaStep } from "../runner/mocha";
import { onCluster } from "./e2e";

/** The end-to-end tests that meet most kinds of objects, rights and metrics of the API server and the kubelet. */
const files = ["agent", "container-logs", "gateway", "ownership", "prometheus-operator"].map(
  (name) => `test/e2e/${name}.test.ts`,
);

/** Runs end-to-end tests with the oldest supported collector and engine, on the oldest Kubernetes that can be built. */
export async function run(): Promise<number> {
  // Before the cluster starts: it has the images of the collectors that are built then.
  await ensureBuilt(["collector-oldest", "pulumi-oldest"]);
  const env = {
    E2E_COLLECTOR_IMAGE: collectorImage(collectorVersions.oldest),
    PATH: [join(bin, "oldest"), process.env.PATH].join(delimiter),
  };
  return onCluster((common) => [mochaStep("oldest", files, { env: { ...common, ...env }, live: true })], {
    kubernetes: "oldest",
  });
}
