import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { planMonitors } from "../../../components/monitors";
import { pipelineModels, planCollectors } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";
import { startApiServer, type ApiServer } from "../../versions/api-server";
import { collectors, startRendered, type Running } from "../../versions/collectors";
import { Collector } from "../support/collector";
import { monitoredCluster, nodeOf, type MonitoredCluster } from "./objects";
import type { Options } from "./options";

/** The time limit is long, because the machine may be busy. */
const place = { address: "127.61.50.1", seconds: 600 };

/** Targets, a backend that takes everything, an API server, and the collector of one node. */
export class Scene {
  private constructor(
    readonly collector: Collector,
    /** Bytes of the configuration. */
    readonly bytes: number,
    /** Seconds for planning the configuration. */
    readonly planSeconds: number,
    /** Targets on the collector's node. */
    readonly own: number,
    readonly apiServer: ApiServer,
    private readonly targets: Targets,
    private readonly cluster: MonitoredCluster,
    private readonly running: Running,
    private readonly stops: readonly (() => void | Promise<void>)[],
  ) {}

  static async start(monitors: number, { targets, nodes, interval }: Options): Promise<Scene> {
    const folder = mkdtempSync(join(tmpdir(), "telemetry-bench-"));
    const [served, sink] = [
      new Targets(),
      createServer((request, response) => request.resume().on("end", () => response.end())),
    ];
    const [port, sinkPort] = [await listen(served.server, "0.0.0.0"), await listen(sink, "127.0.0.1")];
    const cluster = monitoredCluster({ monitors, targets, nodes, port, interval });
    const { pods, services, endpointslices } = cluster;
    const start = performance.now();
    const configuration = configurationOf(cluster, `http://127.0.0.1:${sinkPort}`);
    const planSeconds = (performance.now() - start) / 1000;
    const namespaces = Array.from({ length: 20 }, (_, i) => ({ metadata: { name: `team-${i}` } }));
    const apiServer = await startApiServer(
      { pods, services, endpointslices, namespaces, nodes: [{ metadata: { name: nodeOf(0) } }] },
      folder,
    );
    const running: Running = await startRendered(collectors[1].program, configuration, folder, place);
    const own = pods.filter((pod) => (pod as { spec: { nodeName: string } }).spec.nodeName === nodeOf(0)).length;
    return new Scene(
      new Collector(place.address),
      Buffer.byteLength(configuration),
      planSeconds,
      own,
      apiServer,
      served,
      cluster,
      running,
      [
        () => running.stop(),
        () => apiServer.stop(),
        ...[served.server, sink].map((server) => () => {
          server.closeAllConnections();
          server.close();
        }),
        () => rmSync(folder, { recursive: true, force: true }),
      ],
    );
  }

  /** Pods that were scraped at least once. */
  get asked(): number {
    return this.targets.asked.size;
  }

  /** Changes one EndpointSlice after the other, one a second, until stopped. */
  keepChanging(): () => void {
    let count = 0;
    const { endpointslices } = this.cluster;
    const timer = setInterval(() => {
      const slice = endpointslices[count++ % endpointslices.length] as { readonly metadata: object };
      this.apiServer.change("endpointslices", {
        ...slice,
        metadata: { ...slice.metadata, resourceVersion: `${count + 1}`, annotations: { count: `${count}` } },
      });
    }, 1000);
    return () => clearInterval(timer);
  }

  /** The collector's log so far. */
  get log(): string {
    return this.running.log();
  }

  async stop(): Promise<void> {
    for (const stop of this.stops) await stop();
  }
}

/** A server for all pods. It remembers the addresses that were scraped. */
class Targets {
  readonly asked = new Set<string>();
  readonly server: Server = createServer((request, response) => {
    this.asked.add(request.socket.localAddress ?? "");
    response.setHeader("Content-Type", "text/plain; version=0.0.4").end(answer);
  });
}

const answer = Array.from({ length: 50 }, (_, i) => `app_requests_total{code="200",route="/r${i}"} ${i}\n`).join("");

async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((done) => server.listen(0, host, done));
  return (server.address() as AddressInfo).port;
}

function configurationOf({ monitors }: MonitoredCluster, backend: string): string {
  const { pipelines, settings } = parsePipelines(
    {
      metricPipelines: [
        {
          name: "backend",
          input: { otlp: { enabled: false }, prometheusOperator: { enabled: true } },
          output: { otlp: { endpoint: { value: backend }, protocol: "http", tls: { insecure: true } } },
        },
      ],
      agent: { resources: { limits: { memory: "2Gi" } } },
    },
    { now: new Date() },
  );
  const read = { monitors: () => ({ monitors, missing: [] }), secrets: () => [] };
  const { jobs, findings } = planMonitors(pipelines, settings, read, new Date());
  if (findings.length > 0)
    console.log(`${findings.length} findings; the first: ${findings[0]?.path} ${findings[0]?.problem}`);
  const [plan] = planCollectors(pipelineModels(pipelines), settings, {
    mesh: false,
    namespace: "telemetry",
    monitorJobs: jobs,
  });
  if (plan === undefined) throw new Error("there is nothing to collect");
  return plan.configuration;
}
