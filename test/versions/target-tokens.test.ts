import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1EndpointSlice, V1Pod, V1Service } from "@kubernetes/client-node";
import type { CollectorConfig } from "../../components/collector";
import { credentialsFolder } from "../../components/contract";
import { agentConfig, pipeline, selections } from "../unit/helpers/models";
import { startApiServer, type ApiServer } from "./api-server";
import { http, inJson, startBackend, type Backend } from "./backend";
import { collectors, startCollector, type Running } from "./collectors";
import { eventually } from "../e2e/support/eventually";

/** A pod that serves metrics at an address of this machine. */
interface Target {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const port = 19_100;
const scrape = { "prometheus.io/scrape": "true", "prometheus.io/port": `${port}` };
const token = "token-of-shop";

const shop = { namespace: "shop", name: "orders", address: "127.61.50.1", annotations: scrape };
const ofService = { namespace: "shop", name: "of-a-service", address: "127.61.50.2" };
const moving = {
  namespace: "shop",
  name: "moving",
  address: "127.61.50.3",
  annotations: { ...scrape, "prometheus.io/path": "/moved" },
};
const stranger = { namespace: "stranger", name: "annotated", address: "127.61.50.4", annotations: scrape };
const bare = { namespace: "stranger", name: "bare", address: "127.61.50.5" };
/** Pods that the look-up of metadata ignores, by this annotation, or by default because of their names. */
const ignored = {
  namespace: "stranger",
  name: "ignored",
  address: "127.61.50.6",
  annotations: { "opentelemetry.io/k8s-processor/ignore": "true" },
};
const jaeger = { namespace: "stranger", name: "jaeger-collector-1", address: "127.61.50.7" };
const targets: readonly Target[] = [shop, ofService, moving, stranger, bare, ignored, jaeger];

const podOf = ({ namespace, name, address, annotations }: Target): V1Pod => ({
  metadata: { namespace, name, uid: `uid-${name}`, resourceVersion: "1", annotations },
  spec: { nodeName: "node", containers: [{ name: "app", image: "app", ports: [{ containerPort: port }] }] },
  status: { phase: "Running", podIP: address },
});

const service = (namespace: string, name: string, annotations: Record<string, string> = scrape): V1Service => ({
  metadata: { namespace, name, uid: `uid-${namespace}-${name}`, resourceVersion: "1", annotations },
});

const slice = (namespace: string, of: string, address: string, pod?: Target): V1EndpointSlice => ({
  metadata: { namespace, name: of, resourceVersion: "1", labels: { "kubernetes.io/service-name": of } },
  addressType: "IPv4",
  ports: [{ name: "metrics", port, protocol: "TCP" }],
  endpoints: [
    {
      addresses: [address],
      conditions: { ready: true },
      ...(pod && { targetRef: { kind: "Pod", namespace: pod.namespace, name: pod.name } }),
    },
  ],
});

/** Annotations without a port, so that the address of the EndpointSlice counts. */
const anyPort = { "prometheus.io/scrape": "true" };
const objects = {
  pods: targets.map(podOf),
  services: [
    service("shop", "good"),
    service("shop", "to-another-namespace"),
    service("shop", "to-another-address", anyPort),
    service("shop", "to-no-pod", anyPort),
    service("stranger", "to-the-shop", anyPort),
    service("stranger", "to-ignored"),
    service("stranger", "to-jaeger"),
  ],
  endpointslices: [
    slice("shop", "good", ofService.address, ofService),
    slice("shop", "to-another-namespace", bare.address, bare),
    slice("shop", "to-another-address", bare.address, ofService),
    slice("shop", "to-no-pod", bare.address),
    slice("stranger", "to-the-shop", ofService.address, ofService),
    slice("stranger", "to-ignored", ignored.address, ignored),
    slice("stranger", "to-jaeger", jaeger.address, jaeger),
  ],
};

interface Asked {
  readonly address: string;
  readonly path: string;
  readonly authorization?: string;
}

const servers: Server[] = [];
const asked: Asked[] = [];

async function serve({ address, name }: Target): Promise<void> {
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push({ address, path, authorization: request.headers.authorization });
    if (path === "/moved") response.writeHead(302, { location: `http://${bare.address}:${port}/stolen` }).end();
    else response.setHeader("content-type", "text/plain").end(`of_${name.replaceAll("-", "_")} 1\n`);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
}

/** Gives discovery the test's API server, and the job the test's file with the token. */
function onThisMachine(config: CollectorConfig, folder: string): CollectorConfig {
  const kubeconfig = join(folder, "kubeconfig");
  const text = JSON.stringify(inJson(config))
    .replaceAll(
      '"kubernetes_sd_configs":[{',
      `"kubernetes_sd_configs":[{"kubeconfig_file":${JSON.stringify(kubeconfig)},`,
    )
    .replaceAll(credentialsFolder, folder);
  return JSON.parse(text) as CollectorConfig;
}

for (const { version, program } of collectors) {
  describe(`A bearer token for targets, on collector ${version}`, function () {
    this.timeout("4m");
    let folder: string;
    let apiServer: ApiServer;
    let backend: Backend;
    let ofShop: Backend;
    let running: Running | undefined;
    const askedAt = ({ address }: Target): Asked[] => asked.filter((one) => one.address === address);
    const sentTo = (target: Target): (string | undefined)[] => [
      ...new Set(askedAt(target).map(({ authorization }) => authorization)),
    ];

    before(async () => {
      asked.length = 0;
      folder = mkdtempSync(join(tmpdir(), "telemetry-tokens-"));
      writeFileSync(join(folder, "prometheus_shop_token"), `${token}\n`);
      await Promise.all(targets.map(serve));
      apiServer = await startApiServer(objects, folder);
      [backend, ofShop] = await Promise.all([startBackend(), startBackend()]);
      const bearerTokens = [{ namespaces: ["shop"], token: { value: "not-here" } }];
      const written = { metric: { collectionInterval: "1s", prometheus: { bearerTokens } } };
      const wanting = pipeline("metrics", "a", {
        pull: { prometheus: selections.prometheus() },
        exporter: http(backend),
      });
      const onlyShop = pipeline("metrics", "only-shop", {
        pull: { prometheus: selections.prometheus({ namespaces: { include: ["shop"] } }) },
        exporter: http(ofShop),
      });
      running = await startCollector(
        program,
        onThisMachine(agentConfig("node", [wanting, onlyShop], { written }), folder),
        folder,
      );
      await eventually(() => {
        const names = new Set(backend.received.flatMap((one) => one.names));
        for (const name of ["of_orders", "of_of_a_service", "of_annotated", "of_ignored", "of_jaeger_collector_1"])
          assert.ok(names.has(name), running?.log());
        assert.ok(askedAt(moving).length > 0);
        return Promise.resolve();
      }, 60);
      await sleep(3_000);
    });
    after(async () => {
      await running?.stop();
      for (const one of [apiServer, backend, ofShop]) one.stop();
      for (const server of servers.splice(0)) server.close().closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    });

    it("goes to the annotated Pods of its namespaces", () => assert.deepEqual(sentTo(shop), [`Bearer ${token}`]));

    it("goes to the pods behind an annotated Service of its namespaces, and not to those behind another's", () => {
      assert.deepEqual(sentTo(ofService).sort(), [`Bearer ${token}`, undefined]);
    });

    it("goes to no pod of another namespace", () => assert.deepEqual(sentTo(stranger), [undefined]));

    it("does not follow a redirect", () => {
      assert.deepEqual(sentTo(moving), [`Bearer ${token}`]);
      assert.deepEqual([...new Set(askedAt(moving).map(({ path }) => path))], ["/moved"]);
    });

    it("does not follow an EndpointSlice to a pod of another namespace, another address, or no pod", () => {
      assert.deepEqual(askedAt(bare), []);
    });

    it("leaves pods that the look-up ignores to pipelines that want all namespaces", () => {
      const names = new Set(ofShop.received.flatMap((one) => one.names));
      assert.deepEqual(
        ["of_orders", "of_ignored", "of_jaeger_collector_1", "of_annotated"].filter((name) => names.has(name)),
        ["of_orders"],
      );
      const [found] = backend.received.filter((one) => one.names.includes("of_jaeger_collector_1"));
      assert.equal(found?.attributes["k8s.namespace.name"], "stranger");
    });

    it("leaves the data of a pod in the namespace of the pod, whatever Service leads to it", () => {
      const found = backend.received.filter(({ names }) => names.includes("of_of_a_service"));
      const namespaces = new Set(found.map(({ attributes }) => attributes["k8s.namespace.name"]));
      assert.deepEqual([...namespaces], ["shop"]);
    });
  });
}
