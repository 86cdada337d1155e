import { createServer, type Server } from "node:http";

/** A page that the server serves. */
export interface Served {
  /** The content type. */
  readonly type: string;
  /** Makes the page. Returns nothing before the first content. */
  readonly text: () => Promise<string | undefined>;
}

/** Serves pages over HTTP. If a page fails, the response has status 500 without the error's message. */
export async function serve(port: number, paths: Readonly<Record<string, Served>>): Promise<Server> {
  const server = createServer((request, response) => {
    const served = Object.hasOwn(paths, request.url ?? "") ? paths[request.url ?? ""] : undefined;
    if (served === undefined) return void response.writeHead(404).end("not found\n");
    served.text().then(
      (text) =>
        text === undefined
          ? response.writeHead(503).end("not known yet\n")
          : response.setHeader("content-type", served.type).end(text),
      () => response.writeHead(500).end("failed\n"),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, resolve));
  return server;
}
