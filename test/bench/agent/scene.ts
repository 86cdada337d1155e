import { probeImage } from "../../e2e/support/probe";
import { scrapeAnnotations } from "../../e2e/support/targets";
import type { Collector } from "../support/collector";
import { Testbed } from "../support/testbed";
import { bare, ours, type Wanted } from "./configurations";
import type { Options } from "./options";

const namespace = "bench-agent";
const port = 9100;
const mebibyte = 1024 * 1024;
/** The usual number of labels of an exporter's series, and of series with one name. */
const shape = ["--labels=6", "--family=20"];

/** One node with targets, a sink, and the collectors that are compared. */
export class Scene {
  private constructor(
    private readonly testbed: Testbed,
    private readonly wanted: Wanted,
  ) {}

  static async make({ interval, memory }: Options): Promise<Scene> {
    const wanted = { namespace, interval, ...(memory !== undefined && { memoryLimit: memory * mebibyte }) };
    // The rights are the same whatever the backend's address is.
    const { rights } = ours({ ...wanted, backend: "http://localhost:4317" });
    const testbed = await Testbed.make(namespace, [...rights.cluster]);
    const [sink = ""] = await testbed.startPods([probe("sink", testbed.node, ["sink"])]);
    return new Scene(testbed, { ...wanted, backend: `http://${sink}:4317` });
  }

  static async remove(): Promise<void> {
    await Testbed.remove(namespace);
  }

  /** Starts targets that have this number of series together, and returns their addresses. */
  async startTargets(series: number, targets: number): Promise<string[]> {
    const addresses = await this.testbed.startPods(
      names(targets).map((name) => ({
        ...probe(name, this.testbed.node, ["target", `--samples=${Math.round(series / targets)}`, ...shape]),
        metadata: { name, namespace, labels, annotations: scrapeAnnotations({ port: `${port}` }) },
      })),
    );
    return addresses.map((address) => `${address}:${port}`);
  }

  /** Collectors that scrape the same targets and send to the same sink. */
  async compare(targets: readonly string[]): Promise<Record<"ours" | "bare", Collector>> {
    const configured = ours(this.wanted);
    const collectors = await this.testbed.startCollectors({
      ours: configured,
      bare: bare(targets, this.wanted, configured.memoryLimit),
    });
    return { ours: collectors.get("ours") as Collector, bare: collectors.get("bare") as Collector };
  }

  /** Starts our agent alone, with a backend address at which no server listens. */
  async withoutBackend(): Promise<{ collector: Collector; memoryLimit: number }> {
    const configured = ours({ ...this.wanted, backend: this.wanted.backend.replace(/4317$/, "4319") });
    const collectors = await this.testbed.startCollectors({ ours: configured });
    return { collector: collectors.get("ours") as Collector, memoryLimit: configured.memoryLimit };
  }

  async stop(collectors: readonly string[], targets: number): Promise<void> {
    await this.testbed.stopCollectors(collectors);
    await this.testbed.stop(names(targets).map((name) => `pod/${name}`));
  }
}

const names = (targets: number): string[] => Array.from({ length: targets }, (_, i) => `target-${i}`);
const labels = { "app.kubernetes.io/name": "target", "app.kubernetes.io/part-of": "bench" };

function probe(name: string, node: string, args: readonly string[]) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: "probe",
          image: probeImage,
          args,
          readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
        },
      ],
    },
  };
}
