import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A Kubernetes object, with the fields that lists and watches need. */
interface KubernetesObject {
  readonly metadata?: object;
  readonly spec?: object;
}

/** Objects by the plural of their kind. */
export type Objects = Readonly<Partial<Record<Resource, readonly KubernetesObject[]>>>;

/** An API server with some objects and nothing else. */
export interface ApiServer {
  /** Requests since the start, such as `watch pods`. */
  readonly requests: readonly string[];
  /** Announces a changed object to all watches of its kind. */
  change(resource: Resource, object: KubernetesObject): void;
  stop(): void;
}

const kinds = {
  pods: ["v1", "Pod"],
  services: ["v1", "Service"],
  endpointslices: ["discovery.k8s.io/v1", "EndpointSlice"],
  nodes: ["v1", "Node"],
  namespaces: ["v1", "Namespace"],
} as const;
type Resource = keyof typeof kinds;

interface Watch {
  readonly resource: Resource;
  readonly send: (object: KubernetesObject) => void;
}

/** Starts it and writes a `kubeconfig` for it into a folder. */
export async function startApiServer(objects: Objects, folder: string): Promise<ApiServer> {
  const requests: string[] = [];
  const watches = new Set<Watch>();
  const server = createServer((request, response) => answer(objects, request, response, { requests, watches }));
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
    requests,
    change: (resource, object) => {
      for (const watch of watches) if (watch.resource === resource) watch.send(object);
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Records {
  readonly requests: string[];
  readonly watches: Set<Watch>;
}

/** Lists and watches. Clients watch for changes, or also for the objects that exist when the watch begins. */
function answer(
  objects: Objects,
  request: IncomingMessage,
  response: ServerResponse,
  { requests, watches }: Records,
): void {
  const url = new URL(request.url ?? "", "http://a");
  const resource = url.pathname.split("/").at(-1) ?? "";
  const isWatch = url.searchParams.get("watch") === "true";
  requests.push(`${isWatch ? "watch" : "list"} ${resource}`);
  response.setHeader("Content-Type", "application/json");
  if (!isResource(resource)) {
    response.statusCode = 404;
    response.end(
      JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 }),
    );
    return;
  }
  const onlyMetadata = (request.headers.accept ?? "").includes("as=PartialObjectMetadata");
  const [apiVersion, kind] = onlyMetadata ? (["meta.k8s.io/v1", "PartialObjectMetadata"] as const) : kinds[resource];
  const ofNode = fieldChoice(url.searchParams.get("fieldSelector"));
  const namespace = /\/namespaces\/([^/]+)\//.exec(url.pathname)?.[1];
  const isChosen = (one: KubernetesObject): boolean =>
    ofNode(one) &&
    (namespace === undefined || (one.metadata as { readonly namespace?: string }).namespace === namespace);
  const items = (objects[resource] ?? []).filter(isChosen).map((object) => ({ ...object, kind, apiVersion }));
  if (!isWatch) {
    response.end(JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: { resourceVersion: "1" }, items }));
    return;
  }
  const event = (type: string, object: object): void => void response.write(`${JSON.stringify({ type, object })}\n`);
  response.flushHeaders();
  const watch: Watch = {
    resource,
    send: (object) => {
      if (isChosen(object)) event("MODIFIED", { ...object, kind, apiVersion });
    },
  };
  watches.add(watch);
  response.on("close", () => watches.delete(watch));
  if (url.searchParams.get("sendInitialEvents") !== "true") return;
  for (const item of items) event("ADDED", item);
  const annotations = { "k8s.io/initial-events-end": "true" };
  event("BOOKMARK", { kind, apiVersion, metadata: { resourceVersion: "1", annotations } });
}

const isResource = (name: string): name is Resource => Object.hasOwn(kinds, name);

/** Applies the only field selector that collectors use: the node of pods. */
function fieldChoice(selector: string | null): (object: KubernetesObject) => boolean {
  const [, node] = /^spec\.nodeName=(.+)$/.exec(selector ?? "") ?? [];
  return ({ spec }) => node === undefined || (spec as { readonly nodeName?: string }).nodeName === node;
}
