import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer, type WebSocket } from "ws";
import { FakeGateway } from "./gateway";
import { annotatedPods, daemonSet, podList, podNames } from "./objects";
import type { Scene } from "./scenes";
import { agentName, gatewayName } from "./targets";

/**
 * An API server with any number of gateways and agents behind it, in its own process: HTTPS, and port-forwards in the form
 * that the Kubernetes client uses. Each request and each port-forward takes `latency`, like that of a kubelet. It proves the
 * costs of a check for its own process and the number of its requests. It proves nothing about the costs for a real API
 * server and real nodes.
 */

/** Requests by kind. */
export type Requests = Record<string, number>;

class ApiServer {
  private readonly requests: Requests = {};
  private readonly gateways: Map<string, FakeGateway>;
  /** Answers to lists of pods, by the collector. */
  private readonly podLists: Readonly<Record<string, string>>;
  private readonly annotated: string;
  /** Pods that accept a connection and never answer. */
  private readonly hanging: ReadonlySet<string>;

  constructor(
    private readonly scene: Scene,
    private readonly latency: number,
  ) {
    const [names, agents] = [gatewayName, agentName].map((name) => podNames(name, scene.nodes)) as [string[], string[]];
    this.gateways = new Map([
      ...names.map((name) => [name, new FakeGateway(scene)] as const),
      ...agents.map((name) => [name, new FakeGateway(scene, true)] as const),
    ]);
    this.hanging = new Set(names.filter((_, i) => i % 100 < scene.hangingPercent));
    this.podLists = {
      [gatewayName]: JSON.stringify(podList(gatewayName, names)),
      [agentName]: JSON.stringify(podList(agentName, agents)),
    };
    this.annotated = JSON.stringify(annotatedPods(scene.nodes, scene.annotated));
  }

  /** Starts the server. Returns its port. */
  async listen(): Promise<number> {
    const server = createServer(certificate(), (request, response) => void this.answer(request, response));
    this.forwardPorts(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return (server.address() as AddressInfo).port;
  }

  private count(kind: string): void {
    this.requests[kind] = (this.requests[kind] ?? 0) + 1;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "https://api");
    const send = (text: string, type = "application/json"): void => {
      response.writeHead(200, { "content-type": type }).end(text);
    };
    // The measurement itself sends this request.
    if (pathname === "/requests") return send(JSON.stringify(this.requests));
    await sleep(this.latency);
    const [, pod] = /\/pods\/([^/]+)\/log$/.exec(pathname) ?? [];
    if (pod !== undefined) {
      this.count("log");
      if (this.hanging.has(pod)) return;
      return send(this.gateways.get(pod)?.log() ?? "", "text/plain");
    }
    if (pathname === "/api/v1/pods" || pathname === "/api/v1/services") {
      this.count("annotated");
      if (pathname === "/api/v1/pods") return send(this.annotated);
      return send(
        JSON.stringify({ apiVersion: "v1", kind: "ServiceList", metadata: { resourceVersion: "1" }, items: [] }),
      );
    }
    const isOf = (collector: string): boolean => `${pathname} ${searchParams.get("labelSelector")}`.includes(collector);
    const collector = isOf(agentName) ? agentName : gatewayName;
    if (pathname.endsWith("/pods")) {
      this.count("pods");
      return send(this.podLists[collector] ?? "");
    }
    this.count("workload");
    send(JSON.stringify(daemonSet(collector, this.scene.nodes)));
  }

  private forwardPorts(server: Server): void {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
    // Node's HTTP server answers the requests that come through a port-forward, as a collector's server does.
    const collector = createHttpServer((request, response) => {
      const gateway = this.gateways.get((request.socket as unknown as { pod: string }).pod);
      void gateway?.answer(request, response);
    });
    server.on("upgrade", (request, socket, head) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "https://api");
      const [, pod = ""] = /\/pods\/([^/]+)\/portforward$/.exec(pathname) ?? [];
      const port = Number(searchParams.get("ports"));
      this.count(port === 8888 ? "counters" : port === 9390 ? "targets" : "canaries");
      if (this.hanging.has(pod)) return;
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const duplex = Object.assign(connection(webSocket, port), { pod });
        void sleep(this.latency).then(() => collector.emit("connection", duplex));
      });
    });
  }
}

/** Returns the data of a port-forward. Its frames begin with the channel's number, and the first frame of each names the port. */
function connection(webSocket: WebSocket, port: number): Duplex {
  for (const number of [0, 1]) webSocket.send(Buffer.from([number, port & 0xff, port >> 8]));
  const data = Buffer.from([0]);
  const duplex = new Duplex({
    read: () => undefined,
    write: (part: Buffer, _encoding, done) => webSocket.send(Buffer.concat([data, part]), done),
    final: (done) => {
      webSocket.close();
      done();
    },
  });
  webSocket.on("message", (frame: Buffer) => duplex.push(frame.subarray(1)));
  webSocket.on("close", () => duplex.destroy());
  return duplex.on("error", () => undefined);
}

function certificate(): { cert: Buffer; key: Buffer } {
  const folder = resolve(__dirname, "../../unit/settings/certificates");
  return { cert: readFileSync(join(folder, "client.pem")), key: readFileSync(join(folder, "client.key")) };
}

if (require.main === module) {
  const [scene, latency] = JSON.parse(process.argv[2] ?? "") as [Scene, number];
  void new ApiServer(scene, latency).listen().then((port) => process.stdout.write(`${port}\n`));
  // This process ends together with its parent.
  process.stdin.on("end", () => process.exit(0)).resume();
}
