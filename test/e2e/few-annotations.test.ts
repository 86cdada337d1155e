import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "./support/eventually";
import { apply, get, kubectl } from "./support/kubectl";
import { makeNamespaces, removeNamespaces } from "./support/probe";

const namespace = "e2e-few-annotations";
const policy = join(__dirname, "../../docs/few-annotations.yaml");

const service = (annotations: number, labels = 0, name = "crowded"): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, annotations: texts(annotations), labels: texts(labels) },
  spec: { ports: [{ port: 80 }] },
});

const texts = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, "x"]));

describe("The policy for the API server against objects with thousands of annotations", () => {
  before(async function () {
    this.timeout("3m");
    await makeNamespaces(namespace);
    await apply(service(600, 0, "old"));
    await kubectl("apply", "-f", policy);
    // A Service that exists could keep its annotations, so nothing is created before the policy is in force.
    await eventually(() => assert.rejects(apply(service(501), "--dry-run=server"), /few-annotations/), 60);
  });
  after(async function () {
    this.timeout("2m");
    await kubectl("delete", "-f", policy, "--ignore-not-found");
    await removeNamespaces(namespace);
  });

  it("refuses a Service with more than 500 of both together, and no other", async () => {
    await assert.rejects(apply(service(400, 101)), /has more than 500 annotations and labels/);
    await apply(service(400, 100));
    await assert.rejects(apply(service(501)), /few-annotations/);
  }).timeout("30s");

  it("lets a Service with as many labels have endpoints, whose objects have more labels", async () => {
    const crowded = service(0, 500, "selecting") as { spec: object };
    await apply({ ...crowded, spec: { ...crowded.spec, selector: { app: "none" } } });
    await eventually(async () => {
      const [slice] = await get("endpointslices", "-n", namespace, "-l", "kubernetes.io/service-name=selecting");
      assert.ok(slice);
    });
  }).timeout("90s");

  it("lets a Service change that had more before, but get no more", async () => {
    await assert.rejects(apply(service(601, 0, "old")), /has more than 500 annotations and labels/);
    await apply(service(599, 1, "old"));
  }).timeout("30s");
});
