import { createServer, type Server } from "node:http";

/** What is served at a path: text of a type, or nothing yet. */
export interface Served {
  readonly type: string;
  readonly text: () => Promise<string | undefined>;
}

/** Serves texts over HTTP. What fails on the way is an error of the server, without its words. */
export async function serve(port: number, paths: Readonly<Record<string, Served>>): Promise<Server> {
  const server = createServer((request, answer) => {
    const served = Object.hasOwn(paths, request.url ?? "") ? paths[request.url ?? ""] : undefined;
    if (served === undefined) return void answer.writeHead(404).end("not found\n");
    served.text().then(
      (text) =>
        text === undefined
          ? answer.writeHead(503).end("not known yet\n")
          : answer.setHeader("content-type", served.type).end(text),
      () => answer.writeHead(500).end("failed\n"),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, resolve));
  return server;
}
