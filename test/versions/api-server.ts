import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";

/** An API server with some pods and nothing else. */
export interface ApiServer {
  stop(): void;
}

/** Starts it and writes a `kubeconfig` for it into a folder. */
export async function startApiServer(pods: readonly V1Pod[], folder: string): Promise<ApiServer> {
  const server = createServer((request, response) => answer(pods, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "a", cluster: { server: url } }],
    users: [{ name: "a", user: {} }],
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    "current-context": "a",
  };
  writeFileSync(join(folder, "kubeconfig"), JSON.stringify(kubeconfig));
  return {
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Lists and watches. Clients watch for changes, or also for the objects that are there when the watch begins. */
function answer(pods: readonly V1Pod[], request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "", "http://a");
  const resource = url.pathname.split("/").at(-1) ?? "";
  const onlyMetadata = (request.headers.accept ?? "").includes("as=PartialObjectMetadata");
  const kind = onlyMetadata ? "PartialObjectMetadata" : (kinds[resource] ?? "Status");
  const apiVersion = onlyMetadata ? "meta.k8s.io/v1" : "v1";
  const items = resource === "pods" ? pods.map((pod) => ({ ...pod, kind, apiVersion })) : [];
  response.setHeader("Content-Type", "application/json");
  if (!(resource in kinds)) {
    response.statusCode = 404;
    response.end(
      JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 }),
    );
  } else if (url.searchParams.get("watch") !== "true") {
    response.end(JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: { resourceVersion: "1" }, items }));
  } else {
    const event = (type: string, object: object): void => void response.write(`${JSON.stringify({ type, object })}\n`);
    response.flushHeaders();
    if (url.searchParams.get("sendInitialEvents") !== "true") return;
    for (const item of items) event("ADDED", item);
    const annotations = { "k8s.io/initial-events-end": "true" };
    event("BOOKMARK", { kind, apiVersion, metadata: { resourceVersion: "1", annotations } });
  }
}

const kinds: Readonly<Record<string, string>> = { pods: "Pod", nodes: "Node", namespaces: "Namespace" };
